import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../base/canonical-json.js'
import { encodePayload } from './payload/codecs.js'
import type { Signature } from './signature.js'
import { taggedHash } from './tagged-hash.js'
import type { Transaction, UnsignedTransaction } from './transaction.js'

const hashTransaction = taggedHash('terrarium/transaction')

/** Canonical JSON of one signature, and of the member that holds them all, without their comma. */
const SIGNATURE_BYTES = '{"public_key":"","signature":""}'.length + 64 + 128
const SIGNATURES_BYTES = ',"signatures":[]'.length

/** What a wallet signs for: 64 hex digits. */
export function transactionId(transaction: UnsignedTransaction): string {
  return bytesToHex(hashTransaction(idPreimage(transaction)))
}

/** Puts the signatures (sorted by public key) on a transaction and computes what follows from its content. */
export function sealTransaction(
  unsigned: UnsignedTransaction,
  signatures: readonly Signature[],
): Transaction {
  return sealSigned(unsigned, () => signatures)
}

/** {@link sealTransaction} with the signatures that `sign` makes for the transaction's id. */
export function sealSigned(
  unsigned: UnsignedTransaction,
  sign: (id: string) => readonly Signature[],
): Transaction {
  const preimage = idPreimage(unsigned)
  const id = bytesToHex(hashTransaction(preimage))
  const signatures = sign(id)
  // The signatures have a fixed width, so the whole need not be printed to be measured.
  const commas = Math.max(0, signatures.length - 1)
  const bytes = preimage.length + SIGNATURES_BYTES + signatures.length * SIGNATURE_BYTES + commas
  return { ...unsigned, signatures, id, bytes }
}

function idPreimage(transaction: UnsignedTransaction): Uint8Array {
  return utf8ToBytes(canonicalUnsigned(transaction))
}

/**
 * The canonical JSON of `encodeUnsigned`, spelled out because every transaction passes here: members in the order of
 * their names, and nothing in the envelope needs an escape.
 */
function canonicalUnsigned({
  version,
  chainId,
  timestamp,
  inputs,
  outputs,
  fee,
  payload,
}: UnsignedTransaction): string {
  const inputTexts = inputs.map(
    (each) => `{"output_index":${each.outputIndex},"transaction_id":"${each.transactionId}"}`,
  )
  const outputTexts = outputs.map((each) => `{"address":"${each.address}","amount":${each.amount}}`)
  const payloadText = payload ? `"payload":${canonicalJson(encodePayload(payload))},` : ''
  return (
    `{"chain_id":"${chainId}","fee":${fee},"inputs":[${inputTexts.join()}],"outputs":[${outputTexts.join()}],` +
    `${payloadText}"timestamp":${timestamp},"version":${version}}`
  )
}
