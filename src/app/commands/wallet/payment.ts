import { isAddress } from '../../../ledger/address.js'
import { unitsOf } from '../../../ledger/amount-of-coins.js'
import type { Transaction } from '../../../ledger/transaction.js'
import type { Account } from '../../../wallet/account.js'
import { buildTransfer } from '../../../wallet/build-transaction.js'
import type { Wallet } from '../../../wallet/wallet.js'
import { WalletError } from '../../../wallet/wallet-error.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { SettingsError } from '../../settings/errors.js'
import { coinsText } from './coins.js'
import { fundsOf, missingText } from './funds.js'
import type { Node } from './node.js'
import type { Order } from './order.js'

/** A signed transaction with what it is for; amounts in units. */
export interface Payment {
  readonly transaction: Transaction
  readonly from: Account
  readonly to: string
  /** Name of the account that is paid, where it is of the same wallet. */
  readonly toName: string | undefined
  readonly amount: number
  readonly change: number
}

/** The chain a payment is for and the time it is made, in ms since 1970. */
export interface Occasion {
  readonly chainId: string
  readonly timestamp: number
}

/** Chooses coins that the node tells of, and signs. @throws {Error} saying what is missing */
export async function buildPayment(
  wallet: Wallet,
  node: Node,
  occasion: Occasion,
  order: Order,
): Promise<Payment> {
  const from = wallet.account(order.from)
  const { address, name } = recipient(wallet, order.to)
  const { amount, fee } = order
  const funds = await fundsOf(node, from.address)
  try {
    const transaction = buildTransfer(occasion, [{ address, amount }], {
      coins: funds.coins,
      keys: [from.keys],
      changeAddress: from.address,
      fee: () => fee,
      dustLimit: unitsOf(DEFAULTS.wallet.dust_limit),
      maxInputs: DEFAULTS.consensus.max_transaction_parts,
    })
    return {
      transaction,
      from,
      to: address,
      toName: name,
      amount,
      change: transaction.outputs[1]?.amount ?? 0,
    }
  } catch (error) {
    const isShort = error instanceof WalletError && error.code === 'funds'
    if (isShort) throw new Error(missingText(funds, amount, fee), { cause: error })
    throw error
  }
}

interface Recipient {
  readonly address: string
  readonly name: string | undefined
}

/** The account of the wallet, or the stranger's address, that the text names. */
function recipient(wallet: Wallet, text: string): Recipient {
  const address = text.trim().toLowerCase()
  if (!address.startsWith('0x')) return wallet.account(text)
  if (!isAddress(address))
    throw new SettingsError(`--to takes an address with 40 hex digits after 0x, not ${JSON.stringify(text)}`)
  return wallet.accounts.find((account) => account.address === address) ?? { address, name: undefined }
}

/** What is about to happen, for the person who pays. */
export function describePayment(
  { transaction, from, to, toName, amount, change }: Payment,
  node: Node,
): string {
  const lines = [
    ['pay', `${coinsText(amount)} coins`],
    ['to', toName === undefined ? to : `${to} (${toName})`],
    ['from', `${from.address} (${from.name})`],
    ['fee', coinsText(transaction.fee)],
    ['change', coinsText(change)],
    ['node', node.url],
    ['chain', transaction.chainId],
  ]
  return lines.map(([what, value]) => `  ${what?.padEnd(7)} ${value}`).join('\n')
}
