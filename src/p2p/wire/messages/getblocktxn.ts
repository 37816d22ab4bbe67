import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { MAX_TX_INDEX } from './cmpctblock.js'

/** Asks for transactions of a compact block that could not be guessed. */
export interface GetBlockTxn {
  /** Of the block, 32 bytes in internal order. */
  readonly hash: Uint8Array
  /** For each wanted transaction, how many lie between the one wanted before it and this one. */
  readonly skipped: readonly number[]
}

export function encodeGetBlockTxn({ hash, skipped }: GetBlockTxn): Uint8Array {
  const writer = new ByteWriter(40 + skipped.length).hash(hash).compactSize(skipped.length)
  for (const count of skipped) writer.compactSize(count)
  return writer.finish()
}

export function decodeGetBlockTxn(payload: Uint8Array): GetBlockTxn {
  const reader = new ByteReader(payload)
  const hash = reader.hash()
  const count = reader.count(MAX_TX_INDEX, 1)
  const skipped = Array.from({ length: count }, () => reader.compactSize(MAX_TX_INDEX))
  reader.end()
  return { hash, skipped }
}
