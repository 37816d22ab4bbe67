import { addressOfPublicKey } from './address.js'
import type { Chain } from './chain.js'
import { payloadInvoker } from './payload/payload.js'
import { ensure } from './shape.js'
import type { Transaction } from './transaction.js'
import type { UtxoEntry } from './utxo.js'

/**
 * Throws unless a well-formed transaction with verified signatures may spend `entries`, one for each of its inputs and
 * in their order, in the block at `height`. @throws {RuleError}
 */
export function checkSpending(
  transaction: Transaction,
  entries: readonly UtxoEntry[],
  height: number,
  chain: Chain,
): void {
  checkMaturity(entries, height, chain)
  checkBalance(transaction, entries)
  checkSigners(transaction, entries)
}

function checkMaturity(entries: readonly UtxoEntry[], height: number, { settings }: Chain): void {
  for (const entry of entries) {
    if (!entry.isCoinbase) continue
    ensure(height - entry.height > settings.coinbaseMaturity, 'UTX-3', 'a spent coinbase is not mature yet')
  }
}

/** Plain addition is exact: unspent outputs never add up to more than all the money there can be (UTX-8). */
function checkBalance({ outputs, fee }: Transaction, entries: readonly UtxoEntry[]): void {
  let held = 0
  let given = fee
  for (const entry of entries) held += entry.amount
  for (const output of outputs) given += output.amount
  ensure(held === given, 'UTX-4', 'the inputs do not hold what outputs and fee add up to')
}

/** Exactly those whose consent is needed: another signature would only make a second form of the transaction. */
function checkSigners({ signatures, payload }: Transaction, entries: readonly UtxoEntry[]): void {
  const invoker = payloadInvoker(payload)
  const needed = new Set<string>()
  for (const entry of entries) needed.add(entry.address)
  if (invoker !== undefined) needed.add(invoker)
  const agreed =
    signatures.length === needed.size &&
    signatures.every((each) => needed.has(addressOfPublicKey(each.publicKey)))
  ensure(agreed, 'UTX-5', 'the signers are not exactly those whose outputs are spent, and the invoker')
}
