import { assert } from '../../base/errors.js'
import type { AddressEvent, AddressTotals, Wealth } from '../../ledger/account.js'
import type { Block } from '../../ledger/block.js'
import type { BlockEffects } from '../../ledger/connect-block.js'
import type { HeaderTree, TreeEntry, TreeGrowth } from '../../ledger/header-tree.js'
import type { Place } from '../../ledger/place.js'
import type { StateView } from '../../ledger/state-view.js'
import type { Outpoint } from '../../ledger/transaction.js'
import type { BlockReversal, BlockUndo } from '../../ledger/undo.js'
import type { Coin, CoinPlace, PlacedCoin, UtxoEntry } from '../../ledger/utxo.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import type { WorldSnapshot } from '../../ledger/world-snapshot.js'
import type { VersionedValue, WorldEntry } from '../../ledger/world-state.js'
import { writtenSync } from '../lmdb-root.js'
import { AddressTables } from './address-tables.js'
import { HeaderTables } from './header-tables.js'
import { HistoryTable } from './history-table.js'
import { hashKey, heightKey } from './keys.js'
import { EMPTY_META, FORMAT, type Meta } from './meta.js'
import { RecordTables } from './record-tables.js'
import { Snapshots } from './snapshots.js'
import { StateTables } from './state-tables.js'
import { allTables, contentsOf, openTables, type Tables } from './tables.js'

/**
 * What follows from the blocks, kept so that it need not be worked out again: headers of all branches, and of the chain the
 * unspent outputs, transactions, addresses and world state. Everything in it can be rebuilt from the block files.
 */
export class ChainIndex implements StateView, HeaderTree {
  readonly #tables: Tables
  readonly #headers: HeaderTables
  readonly #state: StateTables
  readonly #addresses: AddressTables
  readonly #history: HistoryTable
  readonly #records: RecordTables
  readonly #snapshots: Snapshots
  #meta: Meta
  #isWriting = false

  private constructor(folder: string, now: () => number) {
    this.#tables = openTables(folder)
    this.#headers = new HeaderTables(this.#tables)
    this.#state = new StateTables(this.#tables.chain)
    this.#addresses = new AddressTables(this.#tables.chain, this.#state)
    this.#history = new HistoryTable(this.#tables.chain.history)
    this.#records = new RecordTables(this.#tables.chain.records)
    this.#snapshots = new Snapshots(this.#tables.root, this.#state, this.#history, now)
    this.#meta = (this.#tables.root.get('meta') as Meta | undefined) ?? EMPTY_META
  }

  /**
   * Opens the index in `folder`, or an empty one. One of another chain or layout is emptied. `now` counts milliseconds, from
   * whenever it likes.
   */
  static open(folder: string, chainId: string, now: () => number = () => performance.now()): ChainIndex {
    const index = new ChainIndex(folder, now)
    if (index.#meta.chainId !== chainId || index.#meta.format !== FORMAT) index.clear(chainId)
    return index
  }

  /** Empties the index and binds it to a chain. */
  clear(chainId: string): void {
    this.#clear({ ...EMPTY_META, chainId })
  }

  /** Empties the index. Until {@link endRebuild} it counts as what a rebuild left half done. */
  beginRebuild(chainId: string): void {
    this.#clear({ ...EMPTY_META, chainId, isBeingRebuilt: true })
  }

  endRebuild(): void {
    this.write(() => this.#change({ isBeingRebuilt: false }))
  }

  /** Whether a rebuild has begun and not ended, perhaps in an earlier run. */
  get isBeingRebuilt(): boolean {
    return this.#meta.isBeingRebuilt
  }

  /**
   * Everything `work` writes becomes visible and durable at once; nothing of it does when `work` throws. Inside another
   * `write` it is part of that one. @throws {DiskError} when the disk does not take it
   */
  write<T>(work: () => T): T {
    if (this.#isWriting) return work()
    const before = this.#meta
    this.#isWriting = true
    try {
      return writtenSync(this.#tables.root, () => this.#tables.root.transactionSync(work))
    } catch (error) {
      this.#meta = before
      this.#headers.forgetCache()
      throw error
    } finally {
      this.#isWriting = false
    }
  }

  async close(): Promise<void> {
    this.#snapshots.closeAll()
    await this.#tables.root.close()
  }

  // Headers of all branches.

  entry(hash: string): TreeEntry | undefined {
    return this.#headers.entry(hash)
  }

  tips(): Iterable<string> {
    return this.#headers.tips()
  }

  /** The number for the next entry that comes to be known. */
  nextSequence(): number {
    const { sequence } = this.#meta
    this.#change({ sequence: sequence + 1 })
    return sequence
  }

  grow(growth: TreeGrowth): void {
    this.#headers.grow(growth)
  }

  putEntry(entry: TreeEntry): void {
    this.#headers.put(entry)
  }

  // The chain.

  tipHash(): string | undefined {
    return this.#meta.tip
  }

  activeHash(height: number): string | undefined {
    return this.#tables.chain.active.get(heightKey(height))?.toString('hex')
  }

  /** Of a block of the chain. */
  undoOf(hash: string): BlockUndo | undefined {
    const height = this.entry(hash)?.header.height
    if (height === undefined || this.activeHash(height) !== hash) return undefined
    return this.#tables.chain.undo.get(heightKey(height))
  }

  /** Puts a block on the tip. */
  connect(block: Block, effects: BlockEffects): void {
    const { active, undo } = this.#tables.chain
    const { hash, height } = block.header
    const codeOf = (_: string, index: number): ValidationCode =>
      effects.outcomes[index] ?? VALIDATION_CODE.VALID
    // Its own transactions first: it may spend what it creates.
    this.#state.enter(block, codeOf)
    const coins = this.#state.moved(block, effects.created, effects.spent)
    this.#history.connect(block, codeOf)
    this.#records.connect(block, codeOf)
    this.#snapshots.closeOld()
    this.#state.connect(effects, coins)
    undo.putSync(heightKey(height), effects.undo)
    active.putSync(heightKey(height), hashKey(hash))
    const { addresses, unspentOutputs } = this.#meta
    this.#change({
      tip: hash,
      transactions: this.#meta.transactions + block.transactions.length,
      addresses: addresses + this.#addresses.connect(block, coins),
      unspentOutputs: unspentOutputs + effects.created.length - effects.spent.length,
    })
  }

  /** Takes the tip off; `created` are all its outputs. */
  disconnect(block: Block, reversal: BlockReversal, created: readonly Coin[]): void {
    const { active, undo } = this.#tables.chain
    const { height, previousHash } = block.header
    const codeOf = (id: string): ValidationCode => this.#outcomeOf(id)
    const coins = this.#state.moved(block, created, reversal.restored)
    this.#history.disconnect(block, codeOf)
    this.#records.disconnect(block, codeOf)
    this.#state.disconnect(reversal, coins)
    this.#state.leave(block)
    undo.removeSync(heightKey(height))
    active.removeSync(heightKey(height))
    const { addresses, unspentOutputs } = this.#meta
    this.#change({
      tip: height === 0 ? undefined : previousHash,
      transactions: this.#meta.transactions - block.transactions.length,
      addresses: addresses + this.#addresses.disconnect(block, coins),
      unspentOutputs: unspentOutputs + reversal.restored.length - created.length,
    })
  }

  // The state after the tip.

  utxo(outpoint: Outpoint): UtxoEntry | undefined {
    return this.#state.utxo(outpoint)
  }

  hasTransaction(id: string): boolean {
    return this.#state.hasTransaction(id)
  }

  hasCall(callId: string): boolean {
    return this.#state.hasCall(callId)
  }

  /** Id of the transaction of the chain that carries a call or output of this id, where it took effect. */
  carrierOf(callId: string): string | undefined {
    return this.#state.carrierOf(callId)
  }

  worldValue(namespace: string, key: string): VersionedValue | undefined {
    return this.#state.worldValue(namespace, key)
  }

  worldRange(namespace: string, start: string, end: string): Iterable<WorldEntry> {
    return this.#state.worldRange(namespace, start, end)
  }

  /**
   * The world state as it is now, while blocks come and go. Not to be taken inside {@link write}. One that is not closed is
   * cut off after a time: the pages of the file that it sees could not be used again.
   */
  snapshot(): WorldSnapshot {
    assert(!this.#isWriting, 'a snapshot is taken between writes')
    const tip = this.tipHash()
    const height = tip === undefined ? -1 : (this.entry(tip)?.header.height ?? -1)
    return this.#snapshots.open(tip, height)
  }

  // What people ask.

  totals(): { readonly transactions: number; readonly addresses: number; readonly unspentOutputs: number } {
    const { transactions, addresses, unspentOutputs } = this.#meta
    return { transactions, addresses, unspentOutputs }
  }

  place(id: string): Place | undefined {
    return this.#state.place(id)
  }

  /** Id of the transaction that stands there in the chain; undefined where none does. */
  transactionAt(place: Pick<Place, 'height' | 'index'>): string | undefined {
    return this.#state.findId(place)
  }

  addressTotals(address: string): AddressTotals {
    return this.#addresses.totals(address)
  }

  get records(): Omit<RecordTables, 'connect' | 'disconnect'> {
    return this.#records
  }

  /** Unspent outputs of an address in chain order, after the place given. */
  coinsOf(address: string, after: CoinPlace | undefined, limit: number): Generator<PlacedCoin> {
    return this.#addresses.coinsOf(address, after, limit)
  }

  /** Unspent outputs that one transaction paid to an address. */
  coinsOfTransaction(address: string, transactionId: string): Generator<PlacedCoin> {
    return this.#addresses.coinsOfTransaction(address, transactionId)
  }

  /** An address' transactions, the newest first, before the place given. */
  historyOf(
    address: string,
    before: Pick<AddressEvent, 'height' | 'index'> | undefined,
    limit: number,
  ): Generator<AddressEvent> {
    return this.#addresses.historyOf(address, before, limit)
  }

  /** Addresses by balance, the richest first, after the one given. */
  richest(limit: number, after?: Wealth): Generator<Wealth> {
    return this.#addresses.richest(limit, after)
  }

  /** All that follows from the chain alone, as it is stored: equal in two indexes of the same chain, whatever led there. */
  contents(): ReturnType<typeof contentsOf> {
    return contentsOf(this.#tables.chain)
  }

  #clear(meta: Meta): void {
    this.write(() => {
      for (const table of allTables(this.#tables)) table.clearSync()
      this.#change(meta)
    })
    this.#headers.forgetCache()
  }

  #outcomeOf(transactionId: string): ValidationCode {
    const place = this.place(transactionId)
    assert(place, `transaction ${transactionId} of the tip is not in the chain`)
    return place.code
  }

  #change(change: Partial<Meta>): void {
    this.#meta = { ...this.#meta, ...change }
    this.#tables.root.putSync('meta', this.#meta)
  }
}
