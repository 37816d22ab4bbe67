import type { BigBlock, SmallBlock } from '../blocks/block-events.js'
import { type Clock, systemClock } from '../clock.js'
import type { BlockPeer, BlockPeers, GetBlockOptions } from '../download/block-peer.js'
import { type BlockItem, type DoneStore, downloadBlocks as download } from '../download/download-blocks.js'
import type { DownloadLimits } from '../download/limits.js'
import { RequestTimeoutError } from '../errors.js'
import type { Hash } from '../hash.js'
import type { Peer } from '../peer/peer.js'
import type { BlockPart } from '../peer/requests/block-requests.js'
import type { PeerManager } from './peer-manager.js'

/** What is downloaded, and who is told. */
export interface DownloadBlocksOptions {
  /** What is wanted, in this order; see {@link blocksOf}. */
  readonly items: Iterable<BlockItem>
  /** Called once for each block, one at a time; the block is done when this has resolved. A failure ends the download. */
  readonly onBlock: (block: SmallBlock | BigBlock, item: BlockItem) => void | Promise<void>
  /** Takes the parts of blocks above `largeMessageLimit`. Several blocks may come at a time: `part.blockHash` tells whose it is. */
  readonly onPart?: (part: BlockPart) => void | Promise<void>
  /** Parts of the block were given, and none of them counts: it is asked of another peer. */
  readonly onAborted?: (hash: Hash, reason: unknown) => void
  /** Told of bytes as they come. */
  readonly onBytes?: (bytes: number) => void
  /** In the order of the items, instead of as they come. */
  readonly ordered?: boolean
  /** Remembers what is done. */
  readonly doneStore?: DoneStore
  readonly limits?: Partial<DownloadLimits>
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/**
 * Downloads blocks from all peers of a manager, each block once; what one peer does not deliver is asked of another.
 * @throws {NotFoundError} none of the peers has a block @throws {RequestTimeoutError} a block failed too often
 * @throws {PeerDisconnectedError} no peers for too long @throws what `onBlock` or the signal threw
 */
export function downloadBlocks(manager: PeerManager, options: DownloadBlocksOptions): Promise<void> {
  const { clock = systemClock, ...rest } = options
  return download({
    ...rest,
    clock,
    peers: blockPeers(manager, options),
    sizeOf: (block) => (block.type === 'small' ? block.size : 0),
  })
}

/** The connected peers, and those that come and go. */
function blockPeers(manager: PeerManager, options: DownloadBlocksOptions): BlockPeers<SmallBlock | BigBlock> {
  return {
    watch(watcher) {
      const known = new Map<Peer, FetchingPeer>()
      const onConnect = (peer: Peer): void => {
        const fetching = new FetchingPeer(peer, options)
        known.set(peer, fetching)
        watcher.joined(fetching)
      }
      const onDisconnect = (peer: Peer): void => {
        const fetching = known.get(peer)
        known.delete(peer)
        if (fetching) watcher.left(fetching)
      }
      manager.on('connect', onConnect).on('disconnect', onDisconnect)
      for (const peer of manager.connected) onConnect(peer)
      return () => void manager.off('connect', onConnect).off('disconnect', onDisconnect)
    },
  }
}

/** One peer, as a download sees it. */
class FetchingPeer implements BlockPeer<SmallBlock | BigBlock> {
  readonly id: string
  /** Parts that are with their taker. */
  #handing = 0

  constructor(
    private readonly peer: Peer,
    private readonly options: DownloadBlocksOptions,
  ) {
    this.id = String(peer.id)
  }

  get isHeld(): boolean {
    return this.#handing > 0
  }

  async getBlock(hash: Hash, { onBytes, signal }: GetBlockOptions): Promise<SmallBlock | BigBlock> {
    if (this.peer.owesBlock(hash)) throw new RequestTimeoutError('the peer is not done with the block yet')
    let parts = 0
    const onPart = this.options.onPart
    try {
      return await this.peer.fetchBlock(hash, {
        signal,
        onBytes: (bytes) => {
          onBytes(bytes)
          this.options.onBytes?.(bytes)
        },
        ...(onPart && {
          onPart: (part) => {
            parts++
            return this.#hand(onPart(part))
          },
        }),
      })
    } catch (error) {
      if (parts > 0) this.options.onAborted?.(hash, error)
      throw error
    }
  }

  async #hand(taken: void | Promise<void>): Promise<void> {
    this.#handing++
    try {
      await taken
    } finally {
      this.#handing--
    }
  }
}
