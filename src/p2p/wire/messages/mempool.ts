import type { Family } from '../family.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Asks for an `inv` of the transactions that wait for a block. Most nodes disconnect whoever asks. */
export interface Mempool {
  /** BSV: those that came after this time (seconds since 1970) are enough. */
  readonly age?: bigint
}

export function encodeMempool({ age }: Mempool): Uint8Array {
  return age === undefined ? new Uint8Array(0) : new ByteWriter(8).i64(age).finish()
}

export function decodeMempool(payload: Uint8Array, family: Family): Mempool {
  const reader = new ByteReader(payload)
  const mempool = family === 'bsv' && reader.remaining > 0 ? { age: reader.i64() } : {}
  reader.end()
  return mempool
}
