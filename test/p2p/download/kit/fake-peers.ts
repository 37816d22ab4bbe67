import type { BlockPeer, BlockPeers, GetBlockOptions } from '../../../../src/p2p/download/block-peer.js'
import { PeerDisconnectedError } from '../../../../src/p2p/errors.js'

export type Block = string

/** How a peer answers; the default is with the block, at once. */
export type Answer = (name: string, options: GetBlockOptions) => Promise<Block> | Block

export const nameOf = (hash: Uint8Array): string => `block ${hash[0] ?? 0}`

export class FakePeer implements BlockPeer<Block> {
  readonly asked: string[] = []
  isHeld = false
  underWay = 0
  most = 0
  readonly #answer: Answer
  #leave: (error: Error) => void = () => undefined

  constructor(
    readonly id: string,
    answer: Answer = (name, { onBytes }) => {
      onBytes(1000)
      return name
    },
  ) {
    this.#answer = answer
  }

  async getBlock(hash: Uint8Array, options: GetBlockOptions): Promise<Block> {
    const name = nameOf(hash)
    this.asked.push(name)
    this.most = Math.max(this.most, ++this.underWay)
    try {
      return await Promise.race([
        new Promise<Block>((_, reject) => {
          this.#leave = reject
          options.signal.addEventListener('abort', () => reject(options.signal.reason as Error))
        }),
        Promise.resolve().then(() => this.#answer(name, options)),
      ])
    } finally {
      this.underWay--
    }
  }

  /** What it was asked last for will not come. */
  breakOff(): void {
    this.#leave(new PeerDisconnectedError())
  }
}

export class FakePeers implements BlockPeers<Block> {
  readonly #peers: Set<FakePeer>
  readonly #watchers = new Set<Parameters<BlockPeers<Block>['watch']>[0]>()

  constructor(...peers: FakePeer[]) {
    this.#peers = new Set(peers)
  }

  get watchers(): number {
    return this.#watchers.size
  }

  watch(watcher: Parameters<BlockPeers<Block>['watch']>[0]): () => void {
    this.#watchers.add(watcher)
    for (const peer of this.#peers) watcher.joined(peer)
    return () => this.#watchers.delete(watcher)
  }

  join(peer: FakePeer): void {
    this.#peers.add(peer)
    for (const watcher of this.#watchers) watcher.joined(peer)
  }

  leave(peer: FakePeer): void {
    this.#peers.delete(peer)
    peer.breakOff()
    for (const watcher of this.#watchers) watcher.left(peer)
  }
}

export const never = (): Promise<never> => new Promise(() => undefined)
