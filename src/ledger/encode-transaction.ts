import type { Json } from '../base/json.js'
import { encodePayload } from './payload/codecs.js'
import { encodeSignature } from './signature.js'
import type { Transaction, UnsignedTransaction } from './transaction.js'

/** A transaction as it stands in blocks and on the wire. */
export function encodeTransaction(transaction: Transaction): Record<string, Json> {
  return { ...encodeUnsigned(transaction), signatures: transaction.signatures.map(encodeSignature) }
}

/** The part of the JSON that the id covers: all of it but the signatures. */
export function encodeUnsigned(transaction: UnsignedTransaction): Record<string, Json> {
  const { version, chainId, timestamp, inputs, outputs, fee, payload } = transaction
  return {
    version,
    chain_id: chainId,
    timestamp,
    inputs: inputs.map(({ transactionId, outputIndex }) => ({
      transaction_id: transactionId,
      output_index: outputIndex,
    })),
    outputs: outputs.map(({ address, amount }) => ({ address, amount })),
    fee,
    ...(payload ? { payload: encodePayload(payload) } : {}),
  }
}
