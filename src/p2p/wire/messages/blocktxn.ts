import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { MAX_TX_INDEX } from './cmpctblock.js'
import { LEAST_TX_BYTES, readTx, writeTx, type Tx } from './tx.js'

/** The answer to `getblocktxn`. */
export interface BlockTxn {
  /** Of the block, 32 bytes in internal order. */
  readonly hash: Uint8Array
  readonly txs: readonly Tx[]
}

export function encodeBlockTxn({ hash, txs }: BlockTxn, witness: boolean): Uint8Array {
  const writer = new ByteWriter(256).hash(hash).compactSize(txs.length)
  for (const tx of txs) writeTx(writer, tx, witness)
  return writer.finish()
}

export function decodeBlockTxn(payload: Uint8Array, witness: boolean): BlockTxn {
  const reader = new ByteReader(payload)
  const hash = reader.hash()
  const count = reader.count(MAX_TX_INDEX, LEAST_TX_BYTES)
  const txs = Array.from({ length: count }, () => readTx(reader, witness))
  reader.end()
  return { hash, txs }
}
