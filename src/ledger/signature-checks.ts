import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../base/canonical-json.js'
import type { Block } from './block.js'
import { encodeEndorsed, type InvocationPayload } from './payload/invocation.js'
import { ensure } from './shape.js'
import type { Signature, VerifySignature } from './signature.js'
import { taggedHash } from './tagged-hash.js'
import type { Transaction } from './transaction.js'

/** One signature to verify; plain data, so that it can travel to a worker thread. */
export interface SignatureCheck extends Signature {
  readonly message: Uint8Array
}

const hashForSignature = taggedHash('terrarium/signature')
const hashForEndorsement = taggedHash('terrarium/endorsement')

/** The 32 bytes that every signature of a transaction signs. `transactionId` is 64 hex digits. */
export function signatureMessage(transactionId: string): Uint8Array {
  return hashForSignature(hexToBytes(transactionId))
}

/** The 32 bytes that every endorsement of a call signs. */
export function endorsementMessage(call: Omit<InvocationPayload, 'endorsements'>): Uint8Array {
  return hashForEndorsement(utf8ToBytes(canonicalJson(encodeEndorsed(call))))
}

/** What is to be verified before a transaction may be believed. A coinbase has nothing to verify. */
export function signatureChecks(transaction: Transaction): readonly SignatureCheck[] {
  if (transaction.signatures.length === 0) return []
  const message = signatureMessage(transaction.id)
  return transaction.signatures.map((each) => ({ ...each, message }))
}

/** The checks of all transactions of a block, in their order. */
export function blockSignatureChecks(block: Block): readonly SignatureCheck[] {
  return block.transactions.flatMap(signatureChecks)
}

/** The checks of a call's endorsements. A wrong one spoils the call, not the block it stands in. */
export function endorsementChecks(call: InvocationPayload): readonly SignatureCheck[] {
  const message = endorsementMessage(call)
  return call.endorsements.map((each) => ({ ...each, message }))
}

/** Verifies on this thread. @throws {RuleError} */
export function verifySignatures(checks: readonly SignatureCheck[], verify: VerifySignature): void {
  const valid = checks.every((each) => verify(each.publicKey, each.message, each.signature))
  ensure(valid, 'TX-22', 'a signature is not valid for its public key and this transaction')
}
