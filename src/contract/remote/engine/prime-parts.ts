import type { KeyPair } from '../../../wallet/keys.js'
import type { PrimeTeller } from '../prime-teller.js'
import type { RecordSource } from '../record-source.js'
import type { RemoteRegistry } from '../registry.js'
import type { Timers } from './alarm.js'
import type { Tables } from './tables.js'

/** What a prime is made of. */
export interface PrimeParts extends Timers {
  readonly source: RecordSource
  readonly registry: Pick<RemoteRegistry, 'events' | 'get' | 'all'>
  readonly tables: Tables
  /** The node's: it signs the outputs. */
  readonly keys: KeyPair
  /** Of the chain: an output has no more. */
  readonly maxTransactionBytes: number
  /** Milliseconds since 1970. */
  now(): number
  /** From 0 (inclusive) to 1. */
  random(): number
  randomBytes(length: number): Uint8Array
  /** A random UUID. */
  uuid(): string
  /** Told of what people who run the node should know. */
  log(message: string): void
  readonly teller?: PrimeTeller
  readonly limits?: Partial<PrimeLimits>
}

export interface PrimeLimits {
  /** Streams of one contract. */
  readonly streams: number
  /** Most that one stream works on at once. */
  readonly window: number
  /** Of what is being worked on, of one contract. */
  readonly bytesInFlight: number
  /** A lost stream's leases stay so long at most. */
  readonly graceMs: number
  /** Invocations of a contract that wait for another attempt; while there are so many no new one begins. */
  readonly waiting: number
  /** Ended invocations that are kept for people, of one contract. */
  readonly kept: number
  /** Outputs of one contract that wait for a block at once. */
  readonly outputsAtOnce: number
  /** An output that so many blocks stand on, its own included, is forgotten. */
  readonly settledBlocks: number
}

export const PRIME_LIMITS: PrimeLimits = {
  streams: 16,
  window: 256,
  bytesInFlight: 8 << 20,
  graceMs: 10_000,
  waiting: 10_000,
  kept: 100_000,
  outputsAtOnce: 500,
  settledBlocks: 100,
}
