import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Asks not to be told of transactions that pay less. */
export interface FeeFilter {
  /** In the smallest unit for 1000 bytes. */
  readonly feeRate: bigint
}

export function encodeFeeFilter({ feeRate }: FeeFilter): Uint8Array {
  return new ByteWriter(8).i64(feeRate).finish()
}

export function decodeFeeFilter(payload: Uint8Array): FeeFilter {
  const reader = new ByteReader(payload)
  const filter = { feeRate: reader.i64() }
  reader.end()
  return filter
}
