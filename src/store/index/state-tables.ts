import type { BlockEffects } from '../../ledger/connect-block.js'
import type { StateView } from '../../ledger/state-view.js'
import type { Outpoint } from '../../ledger/transaction.js'
import type { BlockReversal } from '../../ledger/undo.js'
import type { Coin, UtxoEntry } from '../../ledger/utxo.js'
import type { VersionedValue, WorldEntry, WorldRestore, WorldWrite } from '../../ledger/world-state.js'
import { afterPrefix, hashKey, outpointKey, worldKey } from './keys.js'
import { type ChainTables, NOTHING } from './tables.js'
import { decodeUtxo, encodeUtxo } from './values.js'

type Parts = Pick<ChainTables, 'utxo' | 'transactions' | 'calls' | 'world'>

/** The state after the tip: unspent outputs, ids of transactions and calls, the world state. */
export class StateTables implements StateView {
  readonly #utxo: Parts['utxo']
  readonly #transactions: Parts['transactions']
  readonly #calls: Parts['calls']
  readonly #world: Parts['world']

  constructor({ utxo, transactions, calls, world }: Parts) {
    this.#utxo = utxo
    this.#transactions = transactions
    this.#calls = calls
    this.#world = world
  }

  utxo(outpoint: Outpoint): UtxoEntry | undefined {
    const value = this.#utxo.getBinaryFast(outpointKey(outpoint))
    return value && decodeUtxo(value)
  }

  hasTransaction(id: string): boolean {
    return this.#transactions.doesExist(hashKey(id))
  }

  hasCall(callId: string): boolean {
    return this.#calls.doesExist(hashKey(callId))
  }

  worldValue(namespace: string, key: string): VersionedValue | undefined {
    return this.#world.get(worldKey(namespace, key))
  }

  *worldRange(namespace: string, start: string, end: string): Generator<WorldEntry> {
    const first = worldKey(namespace, start)
    const last = end === '' ? afterPrefix(worldKey(namespace, '')) : worldKey(namespace, end)
    const keyOffset = 1 + Buffer.byteLength(namespace)
    for (const { key, value } of this.#world.getRange({ start: first, end: last, snapshot: false })) {
      yield { key: key.toString('utf8', keyOffset), ...value }
    }
  }

  connect({ created, spent, calls, worldWrites }: BlockEffects): void {
    for (const coin of created) this.#put(coin)
    for (const coin of spent) this.#remove(coin)
    for (const call of calls) this.#calls.putSync(hashKey(call), NOTHING)
    for (const write of worldWrites) this.#applyWrite(write)
  }

  /** `created` are all outputs of the block that is taken off. */
  disconnect({ restored, calls, world }: BlockReversal, created: readonly Coin[]): void {
    for (const coin of restored) this.#put(coin)
    for (const coin of created) this.#remove(coin)
    for (const call of calls) this.#calls.removeSync(hashKey(call))
    for (const restore of world) this.#applyRestore(restore)
  }

  #put({ outpoint, entry }: Coin): void {
    this.#utxo.putSync(outpointKey(outpoint), encodeUtxo(entry))
  }

  #remove({ outpoint }: Coin): void {
    this.#utxo.removeSync(outpointKey(outpoint))
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
