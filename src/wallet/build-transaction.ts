import { sumAmounts } from '../ledger/amount.js'
import { isAddress } from '../ledger/address.js'
import { decodeRecord, encodeRecord, type RecordPayload } from '../ledger/payload/record.js'
import type { Output, Transaction, UnsignedTransaction } from '../ledger/transaction.js'
import type { KeyPair } from './keys.js'
import { type Coin, type Payment, selectCoins } from './select-coins.js'
import { signTransaction } from './sign-transaction.js'
import { WalletError } from './wallet-error.js'

/** A coin and the address that may spend it. */
export interface OwnedCoin extends Coin {
  readonly address: string
}

/** The chain a transaction is for and the time it is made, in ms since 1970. */
export interface TransactionContext {
  readonly chainId: string
  readonly timestamp: number
}

/** Where the money of a transaction comes from. */
export interface Funding extends Pick<Payment, 'fee' | 'dustLimit' | 'maxInputs'> {
  /** What may be spent; what is spent is chosen from these. */
  readonly coins: readonly OwnedCoin[]
  /** The keys to the coins, in any order; more do not matter. */
  readonly keys: readonly KeyPair[]
  readonly changeAddress: string
}

/**
 * A signed transaction that pays `recipients`; change comes last.
 * @throws {WalletError} `recipient`, `funds` or `too_many_inputs`; `account` when the key to a chosen coin is missing.
 */
export function buildTransfer(
  context: TransactionContext,
  recipients: readonly Output[],
  funding: Funding,
): Transaction {
  recipients.forEach(checkRecipient)
  const { parts, signers } = fund(recipients, funding)
  return signTransaction({ version: 1, ...context, ...parts }, signers)
}

/**
 * A signed record of `invoker`. Without funding it has neither inputs nor fee; with funding it pays a fee.
 * @throws {RuleError} when the record is not what the chain takes. @throws {WalletError} as {@link buildTransfer}.
 */
export function buildRecord(
  context: TransactionContext,
  record: Pick<RecordPayload, 'txnType' | 'tag' | 'payload'>,
  invoker: KeyPair,
  funding?: Funding,
): Transaction {
  const payload = decodeRecord(encodeRecord({ kind: 'record', ...record, invoker: invoker.address }))
  const { parts, signers } = funding ? fund([], funding) : FREE
  return signTransaction({ version: 1, ...context, ...parts, payload }, [...signers, invoker])
}

function checkRecipient({ address, amount }: Output): void {
  if (!isAddress(address))
    throw new WalletError(
      'recipient',
      `${JSON.stringify(address)} is no address: 0x and 40 lower-case hex digits`,
    )
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new WalletError(
      'recipient',
      `${amount} units cannot be paid: an amount is a whole number of units, at least 1`,
    )
}

type Parts = Pick<UnsignedTransaction, 'inputs' | 'outputs' | 'fee'>

interface Funded {
  readonly parts: Parts
  readonly signers: readonly KeyPair[]
}

const FREE: Funded = { parts: { inputs: [], outputs: [], fee: 0 }, signers: [] }

function fund(recipients: readonly Output[], { coins, keys, changeAddress, ...policy }: Funding): Funded {
  const target = sumAmounts(recipients.map(({ amount }) => amount))
  if (target === undefined) throw new WalletError('funds', 'the amounts to pay exceed what can exist')
  const selection = selectCoins(coins, { ...policy, target, outputs: recipients.length })
  const { fee, change } = selection
  const inputs = selection.coins.map(({ transactionId, outputIndex }) => ({ transactionId, outputIndex }))
  const outputs = change > 0 ? [...recipients, { address: changeAddress, amount: change }] : [...recipients]
  return { parts: { inputs, outputs, fee }, signers: keysOf(selection.coins, keys) }
}

function keysOf(coins: readonly OwnedCoin[], keys: readonly KeyPair[]): KeyPair[] {
  const byAddress = new Map(keys.map((each) => [each.address, each]))
  return [...new Set(coins.map(({ address }) => address))].map((address) => {
    const found = byAddress.get(address)
    if (found) return found
    throw new WalletError('account', `the key of ${address} is not at hand`)
  })
}
