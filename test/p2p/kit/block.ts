import { ByteWriter } from '../../../src/p2p/wire/writer.js'

/** A header and its transactions as they travel. */
export function encodeBlock(header: Uint8Array, txs: readonly Uint8Array[]): Uint8Array {
  const bytes = txs.reduce((sum, tx) => sum + tx.length, header.length + 9)
  const writer = new ByteWriter(bytes).bytes(header).compactSize(txs.length)
  for (const tx of txs) writer.bytes(tx)
  return writer.finish()
}
