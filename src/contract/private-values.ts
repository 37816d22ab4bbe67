import type { PrivateWrite } from './call.js'

/**
 * Values of private collections this node holds, found by their SHA-256: the chain has only the hashes, and says which of
 * the values a key ever had is the one it has now. So nothing here is undone in a reorg.
 */
export interface PrivateValues {
  /** Undefined where this node does not hold a value of this hash (64 hex digits) for the key. */
  get(namespace: string, collection: string, key: string, valueHash: string): Uint8Array | undefined
  /** Keys from `start` (inclusive) to `end` (exclusive; empty: unbounded) in UTF-8 byte order for which any value is held. */
  keys(namespace: string, collection: string, start: string, end: string): Iterable<string>
  /** Durable when it resolves. Before the call they belong to is on the chain they are of no effect. */
  put(writes: readonly PrivateWrite[]): Promise<void>
  /** Forgets all values of a key: a valid call purged it. */
  purge(namespace: string, collection: string, key: string): Promise<void>
}
