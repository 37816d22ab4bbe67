import type { Json } from '../base/json.js'
import type { Block, BlockHeader } from './block.js'
import { encodeTransaction } from './encode-transaction.js'

/** A header as it stands in JSON. */
export function encodeHeaderJson(header: BlockHeader): Record<string, Json> {
  return {
    version: header.version,
    height: header.height,
    hash: header.hash,
    previous_hash: header.previousHash,
    merkle_root: header.merkleRoot,
    transaction_count: header.transactionCount,
    timestamp: header.timestamp,
    bits: header.bits,
    nonce: header.nonce,
  }
}

/** A block as it stands in its file and on the wire: its header's members and its transactions in full. */
export function encodeBlock(block: Block): Record<string, Json> {
  return { ...encodeHeaderJson(block.header), transactions: block.transactions.map(encodeTransaction) }
}
