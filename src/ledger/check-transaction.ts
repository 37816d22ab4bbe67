import { addressOfPublicKey } from './address.js'
import { MAX_MONEY, sumAmounts } from './amount.js'
import type { Chain } from './chain.js'
import { payloadInvoker } from './payload/payload.js'
import { ensure } from './shape.js'
import { hasCanonicalS } from './signature.js'
import type { Transaction } from './transaction.js'

/** Whether this is a block's first transaction, which creates its reward. It is welcome nowhere else. */
export function isCoinbase(transaction: Transaction): boolean {
  return transaction.payload?.kind === 'coinbase'
}

/**
 * Throws unless the transaction is well-formed: all that can be told without the state of the chain and without
 * verifying signatures. @throws {RuleError}
 */
export function checkTransaction(transaction: Transaction, chain: Chain): void {
  ensure(transaction.chainId === chain.id, 'TX-11', 'transaction is for another chain')
  checkSize(transaction, chain)
  checkInputsDiffer(transaction)
  const total = sumAmounts([transaction.fee, ...transaction.outputs.map((output) => output.amount)])
  ensure(total !== undefined, 'TX-15', `outputs and fee exceed ${MAX_MONEY} units`)
  if (isCoinbase(transaction)) checkCoinbase(transaction)
  else checkSigned(transaction)
}

function checkSize({ bytes, inputs, outputs }: Transaction, { settings }: Chain): void {
  const { maxTransactionBytes: maxBytes, maxTransactionParts: maxParts } = settings
  ensure(bytes <= maxBytes, 'TX-12', `transaction takes ${bytes} bytes, more than ${maxBytes}`)
  ensure(inputs.length <= maxParts, 'TX-13', `${inputs.length} inputs, more than ${maxParts}`)
  ensure(outputs.length <= maxParts, 'TX-13', `${outputs.length} outputs, more than ${maxParts}`)
}

function checkInputsDiffer({ inputs }: Transaction): void {
  if (inputs.length < 2) return
  const outpoints = new Set(inputs.map((input) => `${input.transactionId}:${input.outputIndex}`))
  ensure(outpoints.size === inputs.length, 'TX-14', 'two inputs name the same output')
}

function checkCoinbase({ inputs, fee, signatures }: Transaction): void {
  ensure(
    inputs.length === 0 && fee === 0 && signatures.length === 0,
    'TX-20',
    'coinbase has inputs, fee or signatures',
  )
}

function checkSigned(transaction: Transaction): void {
  const { inputs, signatures, payload } = transaction
  const invoker = payloadInvoker(payload)
  if (inputs.length === 0) checkFree(transaction, invoker)
  const most = inputs.length + (invoker === undefined ? 0 : 1)
  ensure(
    signatures.length >= 1 && signatures.length <= most,
    'TX-16',
    `${signatures.length} signatures, not 1 to ${most}`,
  )
  ensure(
    signatures.every((each) => hasCanonicalS(each.signature)),
    'TX-21',
    'a signature is not in its one form',
  )
  if (invoker === undefined) return
  const signed = signatures.some((each) => addressOfPublicKey(each.publicKey) === invoker)
  ensure(signed, 'TX-19', 'the invoker has not signed')
}

/** Without inputs nothing is spent, so nothing may be paid and somebody has to answer for the payload. */
function checkFree({ outputs, fee, signatures }: Transaction, invoker: string | undefined): void {
  ensure(invoker !== undefined, 'TX-17', 'without inputs a payload with an invoker is needed')
  ensure(outputs.length === 0 && fee === 0, 'TX-17', 'without inputs there are no outputs and no fee')
  ensure(signatures.length === 1, 'TX-18', 'without inputs there is exactly one signature')
}
