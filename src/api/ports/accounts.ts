import type { Coin } from '../../ledger/utxo.js'
import type { Outpoint } from '../../ledger/transaction.js'

/** What an address owns and did, in the chain alone. */
export interface AddressTotals {
  /** In units. */
  readonly balance: number
  readonly unspentOutputs: number
  readonly transactions: number
}

/** A transaction of the chain as one address sees it; amounts in units. */
export interface AddressEvent {
  readonly id: string
  readonly height: number
  readonly index: number
  readonly received: number
  readonly sent: number
}

export interface Wealth {
  readonly address: string
  /** In units. */
  readonly balance: number
}

/** Who owns what after the tip. No answer costs more for an address that owns more. */
export interface AccountsPort {
  /** Blocks that must lie on top of a coinbase before it may be spent. */
  readonly coinbaseMaturity: () => number
  /** Addresses that the chain knows. */
  count(): number
  totals(address: string): AddressTotals
  /** Unspent outputs by outpoint, after the one given. */
  coinsOf(address: string, after: Outpoint | undefined, limit: number): Iterable<Coin>
  coinsOfTransaction(address: string, transactionId: string): Iterable<Coin>
  /** The newest first, before the place given. */
  historyOf(
    address: string,
    before: Pick<AddressEvent, 'height' | 'index'> | undefined,
    limit: number,
  ): Iterable<AddressEvent>
  /** The richest first, after the one given. */
  richest(limit: number, after: Wealth | undefined): Iterable<Wealth>
}
