import { decodeHeaderJson } from '../ledger/decode-header.js'
import { verifyMerkleProof } from '../ledger/merkle-proof.js'
import { RuleError } from '../ledger/rule-error.js'
import type { ProofJson } from './schemas/block.js'

/**
 * Whether an answer of `blocks.proof` shows that `transactionId` stands in the block with the hash `blockHash`, which
 * the caller trusts: nothing else in the answer needs to be trusted, and no node is asked. Takes any JSON of the
 * answer's shape: what is malformed proves nothing.
 */
export function verifyProof(proof: ProofJson, transactionId: string, blockHash: string): boolean {
  if (proof.transaction_id !== transactionId || proof.header.hash !== blockHash) return false
  try {
    const header = decodeHeaderJson(proof.header)
    return verifyMerkleProof({ transactionId, index: proof.index, path: proof.path }, header)
  } catch (error) {
    if (error instanceof RuleError) return false
    throw error
  }
}
