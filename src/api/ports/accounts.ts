import type { AddressEvent, AddressTotals, Wealth } from '../../ledger/account.js'
import type { Coin, CoinPlace, PlacedCoin } from '../../ledger/utxo.js'

/** Who owns what after the tip. No answer costs more for an address that owns more. */
export interface AccountsPort {
  /** Blocks that must lie on top of a coinbase before it may be spent. */
  readonly coinbaseMaturity: () => number
  /** Addresses that the chain knows. */
  count(): number
  totals(address: string): AddressTotals
  /** Unspent outputs in chain order, after the place given. */
  coinsOf(address: string, after: CoinPlace | undefined, limit: number): Iterable<PlacedCoin>
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
