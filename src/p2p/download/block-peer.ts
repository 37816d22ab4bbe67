import type { Hash } from '../hash.js'

export interface GetBlockOptions {
  /** To be called as bytes of the block come, with how many they are. */
  readonly onBytes: (bytes: number) => void
  /** Aborted when the block is not wanted from this peer any more. */
  readonly signal: AbortSignal
}

/** What a download needs of a peer. */
export interface BlockPeer<Block> {
  readonly id: string
  /** Nothing is read from it at the moment, since what it sent is still being handled here. */
  readonly isHeld?: boolean
  /**
   * Resolves with the block when all of it has come and is verified. Several are asked for at a time.
   * @throws {NotFoundError} rejects with it if the peer does not have the block
   * @throws {RejectedError} if it is too busy
   * @throws {PeerDisconnectedError} if it left
   * @throws {ProtocolError} if what came is not the block
   * @throws {RequestTimeoutError} if the peer was silent; anything else ends the whole download
   */
  getBlock(hash: Hash, options: GetBlockOptions): Promise<Block>
}

/** The peers there are. */
export interface BlockPeers<Block> {
  /** Tells of those there are, then of those that come and go, until the result is called. */
  watch(watcher: { joined(peer: BlockPeer<Block>): void; left(peer: BlockPeer<Block>): void }): () => void
}
