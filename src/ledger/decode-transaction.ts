import type { Json } from '../base/json.js'
import { MAX_MONEY } from './amount.js'
import { decodeAddress } from './decode-address.js'
import { decodeSignatures } from './decode-signatures.js'
import { decodePayload } from './payload/codecs.js'
import { sealTransaction } from './seal-transaction.js'
import { ensure, hexOf, integerOf, listOf, MAX_U32, membersOf } from './shape.js'
import { MAX_TIMESTAMP } from './timestamps.js'
import { type Outpoint, type Output, type Transaction, TRANSACTION_VERSION } from './transaction.js'

const MEMBERS = ['version', 'chain_id', 'timestamp', 'inputs', 'outputs', 'fee', 'signatures'] as const

/** Reads a transaction whose shape is right; whether it is well-formed is for `checkTransaction`. @throws {RuleError} */
export function decodeTransaction(json: Json): Transaction {
  const transaction = membersOf(json, 'TX-1', 'transaction', MEMBERS, ['payload'])
  ensure(transaction.version === TRANSACTION_VERSION, 'TX-2', `version is not ${TRANSACTION_VERSION}`)
  const unsigned = {
    version: TRANSACTION_VERSION,
    chainId: hexOf(transaction.chain_id, 'TX-3', 'chain_id', 64),
    timestamp: integerOf(transaction.timestamp, 'TX-4', 'timestamp', 0, MAX_TIMESTAMP),
    inputs: listOf(transaction.inputs, 'TX-5', 'inputs', decodeInput),
    outputs: listOf(transaction.outputs, 'TX-6', 'outputs', decodeOutput),
    fee: integerOf(transaction.fee, 'TX-8', 'fee', 0, MAX_MONEY),
    ...(transaction.payload === undefined ? {} : { payload: decodePayload(transaction.payload) }),
  } as const
  return sealTransaction(unsigned, decodeSignatures(transaction.signatures, 'TX-9', 'TX-10'))
}

function decodeInput(json: Json): Outpoint {
  const input = membersOf(json, 'TX-5', 'input', ['transaction_id', 'output_index'])
  return {
    transactionId: hexOf(input.transaction_id, 'TX-5', 'transaction_id', 64),
    outputIndex: integerOf(input.output_index, 'TX-5', 'output_index', 0, MAX_U32),
  }
}

function decodeOutput(json: Json): Output {
  const output = membersOf(json, 'TX-6', 'output', ['address', 'amount'])
  return {
    address: decodeAddress(output.address, 'address'),
    amount: integerOf(output.amount, 'TX-6', 'amount', 1, MAX_MONEY),
  }
}
