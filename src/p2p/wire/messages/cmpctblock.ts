import { UsageError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { BLOCK_HEADER_BYTES } from './block-header.js'
import { LEAST_TX_BYTES, readTx, writeTx, type Tx } from './tx.js'

/** A transaction that its receiver can hardly know yet. */
export interface PrefilledTx {
  /** How many transactions lie between the one prefilled before it and this one. */
  readonly skipped: number
  readonly tx: Tx
}

/** A block told by short names of its transactions. */
export interface CmpctBlock {
  /** 80 bytes. */
  readonly header: Uint8Array
  readonly nonce: bigint
  /** Six bytes each, one after the other. */
  readonly shortIds: Uint8Array
  readonly prefilled: readonly PrefilledTx[]
}

const SHORT_ID_BYTES = 6

/** The highest place of a transaction in a block that the protocol can name. */
export const MAX_TX_INDEX = 0xffff_ffff

export function encodeCmpctBlock(block: CmpctBlock, witness: boolean): Uint8Array {
  if (block.shortIds.length % SHORT_ID_BYTES !== 0)
    throw new UsageError(`${block.shortIds.length} bytes are not a number of short names`)
  const writer = new ByteWriter(128 + block.shortIds.length)
    .fixed(block.header, BLOCK_HEADER_BYTES)
    .u64(block.nonce)
    .compactSize(block.shortIds.length / SHORT_ID_BYTES)
    .bytes(block.shortIds)
    .compactSize(block.prefilled.length)
  for (const { skipped, tx } of block.prefilled) writeTx(writer.compactSize(skipped), tx, witness)
  return writer.finish()
}

export function decodeCmpctBlock(payload: Uint8Array, witness: boolean): CmpctBlock {
  const reader = new ByteReader(payload)
  const header = reader.bytes(BLOCK_HEADER_BYTES)
  const nonce = reader.u64()
  const shortIds = reader.bytes(reader.count(MAX_TX_INDEX, SHORT_ID_BYTES) * SHORT_ID_BYTES)
  const count = reader.count(MAX_TX_INDEX, 1 + LEAST_TX_BYTES)
  const prefilled = Array.from({ length: count }, () => ({
    skipped: reader.compactSize(MAX_TX_INDEX),
    tx: readTx(reader, witness),
  }))
  reader.end()
  return { header, nonce, shortIds, prefilled }
}
