import type { Transaction } from 'lmdb'
import { assert } from '../../base/errors.js'
import type { Block } from '../../ledger/block.js'
import type { BlockEffects } from '../../ledger/connect-block.js'
import { outputId } from '../../ledger/payload/output.js'
import type { Place } from '../../ledger/place.js'
import type { StateView } from '../../ledger/state-view.js'
import type { Outpoint } from '../../ledger/transaction.js'
import type { BlockReversal } from '../../ledger/undo.js'
import { type Coin, type CoinPlace, type PlacedCoin, placeOfCoin, type UtxoEntry } from '../../ledger/utxo.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import type { VersionedValue, WorldEntry, WorldRestore, WorldWrite } from '../../ledger/world-state.js'
import { inChunks } from './in-chunks.js'
import { afterPrefix, coinKey, hashKey, placeKey, worldKey } from './keys.js'
import type { ChainTables } from './tables.js'
import { decodePlace, decodeUtxo, encodePlace, encodeUtxo } from './values.js'

/** The coins of a block on the tip. */
export interface MovedCoins {
  /** All outputs of the block. */
  readonly created: readonly PlacedCoin[]
  /** What its inputs took. */
  readonly spent: readonly PlacedCoin[]
}

type CodeOf = (transactionId: string, index: number) => ValidationCode
type Parts = Pick<ChainTables, 'utxo' | 'transactions' | 'ids' | 'calls' | 'world'>

/** The state after the tip: unspent outputs, ids of transactions and calls, the world state. */
export class StateTables implements StateView {
  readonly #utxo: Parts['utxo']
  readonly #transactions: Parts['transactions']
  readonly #ids: Parts['ids']
  readonly #calls: Parts['calls']
  readonly #world: Parts['world']

  constructor({ utxo, transactions, ids, calls, world }: Parts) {
    this.#utxo = utxo
    this.#transactions = transactions
    this.#ids = ids
    this.#calls = calls
    this.#world = world
  }

  utxo(outpoint: Outpoint): UtxoEntry | undefined {
    const place = this.placeOf(outpoint)
    return place && this.at(place)
  }

  /** The unspent output that stands there. */
  at(place: CoinPlace): UtxoEntry | undefined {
    const value = this.#utxo.getBinaryFast(coinKey(place))
    return value && decodeUtxo(value, place)
  }

  /** Where an output stands, spent or not, of a transaction of the chain. */
  placeOf({ transactionId, outputIndex }: Outpoint): CoinPlace | undefined {
    const place = this.place(transactionId)
    return place && { height: place.height, index: place.index, outputIndex }
  }

  place(id: string): Place | undefined {
    const value = this.#transactions.getBinaryFast(hashKey(id))
    return value && decodePlace(value)
  }

  /** Of the transaction that stands there in the chain. */
  idAt(place: Pick<Place, 'height' | 'index'>): string {
    const id = this.findId(place)
    assert(id !== undefined, `no transaction stands at ${place.height}, ${place.index}`)
    return id
  }

  /** {@link idAt}, or undefined where no transaction stands. */
  findId(place: Pick<Place, 'height' | 'index'>): string | undefined {
    return this.#ids.getBinaryFast(placeKey(place))?.toString('hex', 0, 32)
  }

  /** Coins come in block order: the place of those created follows from how many outputs each transaction has. */
  moved({ transactions }: Block, created: readonly Coin[], spent: readonly Coin[]): MovedCoins {
    const indexes = transactions.flatMap(({ outputs }, index) => outputs.map(() => index))
    return {
      created: created.map((coin, i) => ({ ...coin, index: indexes[i] ?? 0 })),
      spent: this.#placed(spent),
    }
  }

  /** With the place of each; their transactions are all in the chain. */
  #placed(coins: readonly Coin[]): PlacedCoin[] {
    return coins.map(({ outpoint, entry }) => {
      const place = this.place(outpoint.transactionId)
      assert(place, `transaction ${outpoint.transactionId} of an output is not in the chain`)
      return { outpoint, entry, index: place.index }
    })
  }

  /** Puts the transactions of a block in their places, and notes which carry calls and outputs that took effect. */
  enter({ header: { height }, transactions }: Block, codeOf: CodeOf): void {
    for (const [index, { id, payload }] of transactions.entries()) {
      const key = hashKey(id)
      const place = { height, index, code: codeOf(id, index) }
      this.#transactions.putSync(key, encodePlace(place))
      this.#ids.putSync(placeKey(place), key)
      if (place.code !== VALIDATION_CODE.VALID) continue
      if (payload?.kind === 'invocation') this.#calls.putSync(hashKey(payload.callId), key)
      else if (payload?.kind === 'output') this.#calls.putSync(hashKey(outputId(payload)), key)
    }
  }

  /** Takes the transactions of a block out. What {@link enter} noted besides is in the undo data. */
  leave({ header: { height }, transactions }: Block): void {
    for (const [index, { id }] of transactions.entries()) {
      this.#transactions.removeSync(hashKey(id))
      this.#ids.removeSync(placeKey({ height, index }))
    }
  }

  /** Id of the transaction that carries the call or output, where it took effect. */
  carrierOf(callId: string): string | undefined {
    return this.#calls.getBinaryFast(hashKey(callId))?.toString('hex', 0, 32)
  }

  hasTransaction(id: string): boolean {
    return this.#transactions.doesExist(hashKey(id))
  }

  hasCall(callId: string): boolean {
    return this.#calls.doesExist(hashKey(callId))
  }

  /** As it is now, or as `at` sees it. */
  worldValue(namespace: string, key: string, at?: Transaction): VersionedValue | undefined {
    return this.#world.get(worldKey(namespace, key), at ? { transaction: at } : {})
  }

  *worldRange(namespace: string, start: string, end: string, at?: Transaction): Generator<WorldEntry> {
    const first = worldKey(namespace, start)
    const last = end === '' ? afterPrefix(worldKey(namespace, '')) : worldKey(namespace, end)
    const keyOffset = 1 + Buffer.byteLength(namespace)
    for (const { key, value } of inChunks(this.#world, { start: first, end: last }, at)) {
      yield { key: key.toString('utf8', keyOffset), ...value }
    }
  }

  connect({ worldWrites }: Pick<BlockEffects, 'worldWrites'>, { created, spent }: MovedCoins): void {
    for (const coin of created) this.#put(coin)
    for (const coin of spent) this.#remove(coin)
    for (const write of worldWrites) this.#applyWrite(write)
  }

  disconnect({ calls, world }: BlockReversal, { created, spent }: MovedCoins): void {
    for (const coin of spent) this.#put(coin)
    for (const coin of created) this.#remove(coin)
    for (const call of calls) this.#calls.removeSync(hashKey(call))
    for (const restore of world) this.#applyRestore(restore)
  }

  #put(coin: PlacedCoin): void {
    this.#utxo.putSync(coinKey(placeOfCoin(coin)), encodeUtxo(coin.entry))
  }

  #remove(coin: PlacedCoin): void {
    this.#utxo.removeSync(coinKey(placeOfCoin(coin)))
  }

  #applyWrite({ namespace, key, value, version }: WorldWrite): void {
    if (value === null) this.#world.removeSync(worldKey(namespace, key))
    else this.#world.putSync(worldKey(namespace, key), { value, version })
  }

  #applyRestore({ namespace, key, before }: WorldRestore): void {
    if (before === null) this.#world.removeSync(worldKey(namespace, key))
    else this.#world.putSync(worldKey(namespace, key), before)
  }
}
