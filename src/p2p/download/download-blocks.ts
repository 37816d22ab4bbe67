import type { Hash } from '../hash.js'
import type { BlockPeers } from './block-peer.js'
import { Download } from './download.js'
import { DEFAULT_LIMITS, type DownloadLimits } from './limits.js'

/** A block that is wanted. */
export interface BlockItem {
  readonly hash: Hash
  readonly height: number
  /** Bytes, where they are known. */
  readonly size?: number
}

/** Remembers which blocks are done, so that a download can go on where it ended. */
export interface DoneStore {
  has(hash: Hash): boolean
  add(hash: Hash): void | Promise<void>
}

/** Time, as `Clock` of this library has it. */
export interface DownloadClock {
  now(): number
  /** Runs `action` once after `ms`; the result calls it off. */
  after(ms: number, action: () => void): () => void
}

export interface DownloadOptions<Block> {
  /** In the order in which they are wanted; looked at no further than needed. */
  readonly items: Iterable<BlockItem>
  readonly peers: BlockPeers<Block>
  /** Called once for each block, one at a time; it is done when this has resolved. A failure ends the download. */
  readonly onBlock: (block: Block, item: BlockItem) => void | Promise<void>
  /** Bytes of a block that has come, for the limit on memory; 0 for one that is not in memory any more. */
  readonly sizeOf: (block: Block) => number
  /** In the order of the items, instead of as they come; blocks that come too early wait in memory, within the limits. */
  readonly ordered?: boolean
  readonly doneStore?: DoneStore
  readonly limits?: Partial<DownloadLimits>
  readonly signal?: AbortSignal
  readonly clock: DownloadClock
}

/**
 * Downloads blocks from all peers there are, each block once. What a peer does not have, sends wrongly or slowly, or leaves
 * behind is asked of another.
 *
 * Rejects with the reason of the signal, with what `onBlock` failed of, with a {@link NotFoundError} if none of the peers
 * has a block, a {@link RequestTimeoutError} if a block failed too often, a {@link PeerDisconnectedError} if there were no
 * peers for too long. Everything that is under way is then broken off.
 */
export async function downloadBlocks<Block>(options: DownloadOptions<Block>): Promise<void> {
  await new Download(options, { ...DEFAULT_LIMITS, ...options.limits }).run()
}
