import type { AddressEvent, AddressTotals, Wealth } from '../../ledger/account.js'
import type { Block } from '../../ledger/block.js'
import { type CoinPlace, type PlacedCoin, placeOfCoin } from '../../ledger/utxo.js'
import {
  ADDRESS_BYTES,
  addressKey,
  addressCoinKey,
  addressOf,
  addressPlaceKey,
  afterPrefix,
  coinPlaceOf,
  wealthKey,
} from './keys.js'
import type { MovedCoins, StateTables } from './state-tables.js'
import { type ChainTables, NOTHING } from './tables.js'
import { type AddressChange, addressChanges } from './totals.js'
import { decodeFlow, decodeTotals, encodeFlow, encodeTotals } from './values.js'

type Parts = Pick<ChainTables, 'addresses' | 'addressUtxo' | 'addressPlaces' | 'wealth'>

const EMPTY_TOTALS: AddressTotals = { balance: 0, unspentOutputs: 0, transactions: 0 }

/** Who owns what after the tip, and how it came to that. */
export class AddressTables {
  readonly #addresses: Parts['addresses']
  readonly #addressUtxo: Parts['addressUtxo']
  readonly #addressPlaces: Parts['addressPlaces']
  readonly #wealth: Parts['wealth']
  readonly #state: StateTables

  constructor({ addresses, addressUtxo, addressPlaces, wealth }: Parts, state: StateTables) {
    this.#addresses = addresses
    this.#addressUtxo = addressUtxo
    this.#addressPlaces = addressPlaces
    this.#wealth = wealth
    this.#state = state
  }

  totals(address: string): AddressTotals {
    const value = this.#addresses.get(addressKey(address))
    return value ? decodeTotals(value) : EMPTY_TOTALS
  }

  /** Unspent outputs of an address in chain order, after the place given. */
  *coinsOf(address: string, after: CoinPlace | undefined, limit: number): Generator<PlacedCoin> {
    const prefix = addressKey(address)
    const start = after ? afterPrefix(addressCoinKey(address, after)) : prefix
    yield* this.#coinsIn(start, prefix, limit)
  }

  /** Unspent outputs that one transaction paid to an address. */
  *coinsOfTransaction(address: string, transactionId: string): Generator<PlacedCoin> {
    const place = this.#state.place(transactionId)
    if (!place) return
    const prefix = addressPlaceKey(address, place.height, place.index)
    yield* this.#coinsIn(prefix, prefix, Infinity)
  }

  /** An address' transactions, the newest first, before the place given. */
  *historyOf(
    address: string,
    before: Pick<AddressEvent, 'height' | 'index'> | undefined,
    limit: number,
  ): Generator<AddressEvent> {
    const prefix = addressKey(address)
    const start = before ? addressPlaceKey(address, before.height, before.index) : afterPrefix(prefix)
    const range = this.#addressPlaces.getRange({
      start,
      end: prefix,
      reverse: true,
      limit: limit + 1,
      snapshot: false,
    })
    let left = limit
    for (const { key, value } of range) {
      // A reverse range starts with the very key it is given.
      if (key.equals(start)) continue
      if (left-- === 0) return
      const place = { height: key.readUInt32BE(ADDRESS_BYTES), index: key.readUInt32BE(ADDRESS_BYTES + 4) }
      yield { id: this.#state.idAt(place), ...place, ...decodeFlow(value) }
    }
  }

  /** Addresses by balance, the richest first, after the one given. */
  *richest(limit: number, after?: Wealth): Generator<Wealth> {
    const start = after && afterPrefix(wealthKey(after.balance, after.address))
    for (const key of this.#wealth.getKeys({ limit, snapshot: false, ...(start ? { start } : {}) })) {
      const address = addressOf(key, 8)
      yield { address, balance: this.totals(address).balance }
    }
  }

  /** Puts in what a block on the tip creates and spends. Returns how many addresses are known more. */
  connect(block: Block, { created, spent }: MovedCoins): number {
    for (const coin of created) this.#put(coin)
    for (const coin of spent) this.#remove(coin)
    return this.#change(block, addressChanges(block, created, spent), 1)
  }

  /** Takes out what {@link connect} put in. Returns by how much the number of known addresses changes. */
  disconnect(block: Block, { created, spent }: MovedCoins): number {
    for (const coin of spent) this.#put(coin)
    for (const coin of created) this.#remove(coin)
    return this.#change(block, addressChanges(block, created, spent), -1)
  }

  *#coinsIn(start: Buffer, prefix: Buffer, limit: number): Generator<PlacedCoin> {
    const keys = this.#addressUtxo.getKeys({
      start,
      end: afterPrefix(prefix),
      snapshot: false,
      ...(limit === Infinity ? {} : { limit }),
    })
    for (const key of keys) {
      const place = coinPlaceOf(key, ADDRESS_BYTES)
      const entry = this.#state.at(place)
      if (!entry) continue
      const outpoint = { transactionId: this.#state.idAt(place), outputIndex: place.outputIndex }
      yield { outpoint, entry, index: place.index }
    }
  }

  #put(coin: PlacedCoin): void {
    this.#addressUtxo.putSync(addressCoinKey(coin.entry.address, placeOfCoin(coin)), NOTHING)
  }

  #remove(coin: PlacedCoin): void {
    this.#addressUtxo.removeSync(addressCoinKey(coin.entry.address, placeOfCoin(coin)))
  }

  #change(block: Block, changes: ReadonlyMap<string, AddressChange>, sign: 1 | -1): number {
    let newcomers = 0
    for (const [address, change] of changes) {
      const before = this.totals(address)
      const after = {
        balance: before.balance + sign * change.balance,
        unspentOutputs: before.unspentOutputs + sign * change.unspentOutputs,
        transactions: before.transactions + sign * change.flows.size,
      }
      if (before.transactions === 0) newcomers++
      if (after.transactions === 0) newcomers--
      this.#putTotals(address, before, after)
      this.#putFlows(address, block, change, sign)
    }
    return newcomers
  }

  #putFlows(address: string, { header }: Block, { flows }: AddressChange, sign: 1 | -1): void {
    for (const [index, { received, sent }] of flows) {
      const key = addressPlaceKey(address, header.height, index)
      if (sign === 1) this.#addressPlaces.putSync(key, encodeFlow(received, sent))
      else this.#addressPlaces.removeSync(key)
    }
  }

  #putTotals(address: string, before: AddressTotals, after: AddressTotals): void {
    if (after.transactions === 0) this.#addresses.removeSync(addressKey(address))
    else this.#addresses.putSync(addressKey(address), encodeTotals(after))
    if (before.balance === after.balance) return
    if (before.balance > 0) this.#wealth.removeSync(wealthKey(before.balance, address))
    if (after.balance > 0) this.#wealth.putSync(wealthKey(after.balance, address), NOTHING)
  }
}
