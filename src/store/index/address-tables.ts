import type { AddressEvent, AddressTotals, Wealth } from '../../ledger/account.js'
import type { Block } from '../../ledger/block.js'
import type { Outpoint } from '../../ledger/transaction.js'
import type { Coin, UtxoView } from '../../ledger/utxo.js'
import {
  ADDRESS_BYTES,
  addressKey,
  addressOf,
  addressOutpointKey,
  addressPlaceKey,
  afterPrefix,
  hashKey,
  outpointOf,
  wealthKey,
} from './keys.js'
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
  readonly #state: UtxoView

  constructor({ addresses, addressUtxo, addressPlaces, wealth }: Parts, state: UtxoView) {
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

  /** Unspent outputs of an address by outpoint, after the one given. */
  *coinsOf(address: string, after: Outpoint | undefined, limit: number): Generator<Coin> {
    const prefix = addressKey(address)
    const start = after ? afterPrefix(addressOutpointKey(address, after)) : prefix
    yield* this.#coinsIn(start, prefix, limit)
  }

  /** Unspent outputs that one transaction paid to an address. */
  *coinsOfTransaction(address: string, transactionId: string): Generator<Coin> {
    const prefix = Buffer.concat([addressKey(address), hashKey(transactionId)])
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
      const height = key.readUInt32BE(ADDRESS_BYTES)
      yield { height, index: key.readUInt32BE(ADDRESS_BYTES + 4), ...decodeFlow(value) }
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
  connect(block: Block, created: readonly Coin[], spent: readonly Coin[]): number {
    for (const coin of created) this.#put(coin)
    for (const coin of spent) this.#remove(coin)
    return this.#change(block, addressChanges(block, created, spent), 1)
  }

  /** Takes out what {@link connect} put in. Returns by how much the number of known addresses changes. */
  disconnect(block: Block, created: readonly Coin[], restored: readonly Coin[]): number {
    for (const coin of restored) this.#put(coin)
    for (const coin of created) this.#remove(coin)
    return this.#change(block, addressChanges(block, created, restored), -1)
  }

  *#coinsIn(start: Buffer, prefix: Buffer, limit: number): Generator<Coin> {
    const keys = this.#addressUtxo.getKeys({
      start,
      end: afterPrefix(prefix),
      snapshot: false,
      ...(limit === Infinity ? {} : { limit }),
    })
    for (const key of keys) {
      const outpoint = outpointOf(key, ADDRESS_BYTES)
      const entry = this.#state.utxo(outpoint)
      if (entry) yield { outpoint, entry }
    }
  }

  #put({ outpoint, entry }: Coin): void {
    this.#addressUtxo.putSync(addressOutpointKey(entry.address, outpoint), NOTHING)
  }

  #remove({ outpoint, entry }: Coin): void {
    this.#addressUtxo.removeSync(addressOutpointKey(entry.address, outpoint))
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

  #putFlows(address: string, { header, transactions }: Block, { flows }: AddressChange, sign: 1 | -1): void {
    for (const [index, { received, sent }] of flows) {
      const key = addressPlaceKey(address, header.height, index)
      const id = transactions[index]?.id ?? ''
      if (sign === 1) this.#addressPlaces.putSync(key, encodeFlow(id, received, sent))
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
