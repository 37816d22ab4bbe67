import { type Database, open, type RootDatabase } from 'lmdb'
import type { Block } from '../../ledger/block.js'
import type { BlockEffects } from '../../ledger/connect-block.js'
import type { HeaderTree, TreeEntry, TreeGrowth } from '../../ledger/header-tree.js'
import type { StateView } from '../../ledger/state-view.js'
import type { BlockReversal, BlockUndo } from '../../ledger/undo.js'
import type { Coin } from '../../ledger/utxo.js'
import type { VersionedValue, WorldRestore, WorldWrite } from '../../ledger/world-state.js'
import {
  addressKey,
  addressOf,
  addressOutpointKey,
  addressPlaceKey,
  ADDRESS_BYTES,
  afterPrefix,
  hashKey,
  heightKey,
  outpointKey,
  outpointOf,
  wealthKey,
  worldKey,
} from './keys.js'
import { type AddressChange, addressChanges } from './totals.js'
import {
  type AddressEvent,
  type AddressTotals,
  decodeFlow,
  decodePlace,
  decodeTotals,
  decodeTreeEntry,
  decodeUtxo,
  encodeFlow,
  encodePlace,
  encodeTotals,
  encodeTreeEntry,
  encodeUtxo,
  type Place,
} from './values.js'

export type { AddressEvent, AddressTotals, Place }

/** Raised whenever the layout changes: an index of another version is rebuilt. */
const FORMAT = 3

/** Address space, not size on disk: LMDB maps the whole file. */
const MAP_BYTES = 1 << 40

const CACHED_ENTRIES = 8192

interface Meta {
  readonly format: number
  readonly chainId: string
  readonly tip: string | undefined
  readonly sequence: number
  readonly transactions: number
  readonly addresses: number
  readonly unspentOutputs: number
  readonly isBeingRebuilt: boolean
}

const EMPTY_TOTALS: AddressTotals = { balance: 0, unspentOutputs: 0, transactions: 0 }
const NOTHING = Buffer.alloc(0)

/**
 * What follows from the blocks, kept so that it need not be worked out again: headers of all branches, and of the chain the
 * unspent outputs, transactions, addresses and world state. Everything in it can be rebuilt from the block files.
 */
export class ChainIndex implements StateView, HeaderTree {
  readonly #root: RootDatabase<unknown, string>
  readonly #headers: Database<Buffer, Buffer>
  readonly #tips: Database<Buffer, Buffer>
  readonly #active: Database<Buffer, Buffer>
  readonly #utxo: Database<Buffer, Buffer>
  readonly #transactions: Database<Buffer, Buffer>
  readonly #addresses: Database<Buffer, Buffer>
  readonly #addressUtxo: Database<Buffer, Buffer>
  readonly #addressPlaces: Database<Buffer, Buffer>
  readonly #wealth: Database<Buffer, Buffer>
  readonly #undo: Database<BlockUndo, Buffer>
  readonly #calls: Database<Buffer, Buffer>
  readonly #world: Database<VersionedValue, Buffer>
  readonly #entryCache = new Map<string, TreeEntry>()
  #meta: Meta
  #isWriting = false

  private constructor(folder: string) {
    this.#root = open({ path: folder, mapSize: MAP_BYTES, maxDbs: 16, cache: false, noSubdir: false })
    const binary = (name: string): Database<Buffer, Buffer> =>
      this.#root.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' })
    this.#headers = binary('headers')
    this.#tips = binary('tips')
    this.#active = binary('active')
    this.#utxo = binary('utxo')
    this.#transactions = binary('transactions')
    this.#addresses = binary('addresses')
    this.#addressUtxo = binary('address_utxo')
    this.#addressPlaces = binary('address_places')
    this.#wealth = binary('wealth')
    this.#calls = binary('calls')
    this.#undo = this.#root.openDB('undo', { keyEncoding: 'binary' })
    this.#world = this.#root.openDB('world', { keyEncoding: 'binary' })
    this.#meta = this.#readMeta()
  }

  /** Opens the index in `folder`, or an empty one. One of another chain or layout is emptied. */
  static open(folder: string, chainId: string): ChainIndex {
    const index = new ChainIndex(folder)
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
    this.write(() => this.#setMeta({ ...this.#meta, isBeingRebuilt: false }))
  }

  /** Whether a rebuild has begun and not ended, perhaps in an earlier run. */
  get isBeingRebuilt(): boolean {
    return this.#meta.isBeingRebuilt
  }

  /**
   * Everything `work` writes becomes visible and durable at once; nothing of it does when `work` throws. Inside another
   * `write` it is part of that one.
   */
  write<T>(work: () => T): T {
    if (this.#isWriting) return work()
    const before = this.#meta
    this.#isWriting = true
    try {
      return this.#root.transactionSync(work)
    } catch (error) {
      this.#meta = before
      this.#entryCache.clear()
      throw error
    } finally {
      this.#isWriting = false
    }
  }

  async close(): Promise<void> {
    await this.#root.flushed
    await this.#root.close()
  }

  // Headers of all branches.

  entry(hash: string): TreeEntry | undefined {
    const cached = this.#entryCache.get(hash)
    if (cached) return cached
    const value = this.#headers.get(hashKey(hash))
    if (!value) return undefined
    return this.#remember(decodeTreeEntry(value))
  }

  *tips(): Iterable<string> {
    for (const key of this.#tips.getKeys({ snapshot: false })) yield key.toString('hex')
  }

  /** The number for the next entry that comes to be known. */
  nextSequence(): number {
    const { sequence } = this.#meta
    this.#setMeta({ ...this.#meta, sequence: sequence + 1 })
    return sequence
  }

  grow({ entry, tip, formerTip }: TreeGrowth): void {
    this.putEntry(entry)
    this.#tips.removeSync(hashKey(formerTip))
    this.#tips.putSync(hashKey(tip), NOTHING)
  }

  putEntry(entry: TreeEntry): void {
    this.#headers.putSync(hashKey(entry.header.hash), encodeTreeEntry(entry))
    this.#remember(entry)
  }

  // The chain.

  tipHash(): string | undefined {
    return this.#meta.tip
  }

  activeHash(height: number): string | undefined {
    return this.#active.get(heightKey(height))?.toString('hex')
  }

  undoOf(hash: string): BlockUndo | undefined {
    return this.#undo.get(hashKey(hash))
  }

  /** Puts a block on the tip. */
  connect(block: Block, effects: BlockEffects): void {
    const { hash, height } = block.header
    for (const coin of effects.created) this.#putCoin(coin)
    for (const coin of effects.spent) this.#removeCoin(coin)
    for (const [index, { id }] of block.transactions.entries()) {
      const code = effects.outcomes[index] ?? 0
      this.#transactions.putSync(hashKey(id), encodePlace({ height, index, code }))
    }
    for (const call of effects.calls) this.#calls.putSync(hashKey(call), NOTHING)
    for (const write of effects.worldWrites) this.#applyWrite(write)
    this.#undo.putSync(hashKey(hash), effects.undo)
    this.#active.putSync(heightKey(height), hashKey(hash))
    this.#changeAddresses(block, addressChanges(block, effects.created, effects.spent), 1)
    this.#moveTip(hash, block, effects.created.length - effects.spent.length, 1)
  }

  /** Takes the tip off. */
  disconnect(block: Block, reversal: BlockReversal, created: readonly Coin[]): void {
    const { hash, height, previousHash } = block.header
    for (const coin of reversal.restored) this.#putCoin(coin)
    for (const coin of created) this.#removeCoin(coin)
    for (const { id } of block.transactions) this.#transactions.removeSync(hashKey(id))
    for (const call of reversal.calls) this.#calls.removeSync(hashKey(call))
    for (const restore of reversal.world) this.#applyRestore(restore)
    this.#undo.removeSync(hashKey(hash))
    this.#active.removeSync(heightKey(height))
    this.#changeAddresses(block, addressChanges(block, created, reversal.restored), -1)
    this.#moveTip(
      height === 0 ? undefined : previousHash,
      block,
      reversal.restored.length - created.length,
      -1,
    )
  }

  // The state after the tip.

  utxo(outpoint: { transactionId: string; outputIndex: number }) {
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

  *worldRange(namespace: string, start: string, end: string) {
    const first = worldKey(namespace, start)
    const last = end === '' ? afterPrefix(worldKey(namespace, '')) : worldKey(namespace, end)
    const keyOffset = 1 + Buffer.byteLength(namespace)
    for (const { key, value } of this.#world.getRange({ start: first, end: last, snapshot: false })) {
      yield { key: key.toString('utf8', keyOffset), ...value }
    }
  }

  // What people ask.

  totals(): { readonly transactions: number; readonly addresses: number; readonly unspentOutputs: number } {
    const { transactions, addresses, unspentOutputs } = this.#meta
    return { transactions, addresses, unspentOutputs }
  }

  place(id: string): Place | undefined {
    const value = this.#transactions.get(hashKey(id))
    return value && decodePlace(value)
  }

  addressTotals(address: string): AddressTotals {
    const value = this.#addresses.get(addressKey(address))
    return value ? decodeTotals(value) : EMPTY_TOTALS
  }

  /** Unspent outputs of an address by outpoint, after the one given. */
  *coinsOf(address: string, after: Coin['outpoint'] | undefined, limit: number): Generator<Coin> {
    const prefix = addressKey(address)
    yield* this.#coinsIn(
      after ? addressOutpointKey(address, after) : prefix,
      prefix,
      limit,
      after !== undefined,
    )
  }

  /** Unspent outputs that one transaction paid to an address. */
  *coinsOfTransaction(address: string, transactionId: string): Generator<Coin> {
    const prefix = Buffer.concat([addressKey(address), hashKey(transactionId)])
    yield* this.#coinsIn(prefix, prefix, Infinity, false)
  }

  *#coinsIn(start: Buffer, prefix: Buffer, limit: number, isAfter: boolean): Generator<Coin> {
    const keys = this.#addressUtxo.getKeys({
      start: isAfter ? afterPrefix(start) : start,
      end: afterPrefix(prefix),
      snapshot: false,
      ...(limit === Infinity ? {} : { limit }),
    })
    for (const key of keys) {
      const outpoint = outpointOf(key, ADDRESS_BYTES)
      const entry = this.utxo(outpoint)
      if (entry) yield { outpoint, entry }
    }
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
  *richest(
    limit: number,
    after?: { readonly address: string; readonly balance: number },
  ): Generator<{ readonly address: string; readonly balance: number }> {
    const start = after && afterPrefix(wealthKey(after.balance, after.address))
    for (const key of this.#wealth.getKeys({ limit, snapshot: false, ...(start ? { start } : {}) })) {
      const address = addressOf(key, 8)
      yield { address, balance: this.addressTotals(address).balance }
    }
  }

  /** All that follows from the chain alone, as it is stored: equal in two indexes of the same chain, whatever led there. */
  *contents(): Generator<{ readonly table: string; readonly key: string; readonly value: unknown }> {
    for (const [table, database] of Object.entries(this.#chainDatabases())) {
      for (const { key, value } of database.getRange({ snapshot: false })) {
        yield {
          table,
          key: key.toString('hex'),
          value: Buffer.isBuffer(value) ? value.toString('hex') : value,
        }
      }
    }
  }

  #clear(meta: Meta): void {
    this.write(() => {
      for (const database of this.#databases()) database.clearSync()
      this.#setMeta(meta)
    })
    this.#entryCache.clear()
  }

  #putCoin({ outpoint, entry }: Coin): void {
    this.#utxo.putSync(outpointKey(outpoint), encodeUtxo(entry))
    this.#addressUtxo.putSync(addressOutpointKey(entry.address, outpoint), NOTHING)
  }

  #removeCoin({ outpoint, entry }: Coin): void {
    this.#utxo.removeSync(outpointKey(outpoint))
    this.#addressUtxo.removeSync(addressOutpointKey(entry.address, outpoint))
  }

  #applyWrite({ namespace, key, value, version }: WorldWrite): void {
    if (value === null) this.#world.removeSync(worldKey(namespace, key))
    else this.#world.putSync(worldKey(namespace, key), { value, version })
  }

  #applyRestore({ namespace, key, before }: WorldRestore): void {
    if (before === null) this.#world.removeSync(worldKey(namespace, key))
    else this.#world.putSync(worldKey(namespace, key), before)
  }

  #changeAddresses(block: Block, changes: ReadonlyMap<string, AddressChange>, sign: 1 | -1): void {
    const { height } = block.header
    let newcomers = 0
    for (const [address, change] of changes) {
      const before = this.addressTotals(address)
      const after = {
        balance: before.balance + sign * change.balance,
        unspentOutputs: before.unspentOutputs + sign * change.unspentOutputs,
        transactions: before.transactions + sign * change.flows.size,
      }
      if (before.transactions === 0) newcomers++
      if (after.transactions === 0) newcomers--
      this.#putTotals(address, before, after)
      for (const [index, { received, sent }] of change.flows) {
        const key = addressPlaceKey(address, height, index)
        const id = block.transactions[index]?.id ?? ''
        if (sign === 1) this.#addressPlaces.putSync(key, encodeFlow(id, received, sent))
        else this.#addressPlaces.removeSync(key)
      }
    }
    this.#setMeta({ ...this.#meta, addresses: this.#meta.addresses + newcomers })
  }

  #putTotals(address: string, before: AddressTotals, after: AddressTotals): void {
    if (after.transactions === 0) this.#addresses.removeSync(addressKey(address))
    else this.#addresses.putSync(addressKey(address), encodeTotals(after))
    if (before.balance === after.balance) return
    if (before.balance > 0) this.#wealth.removeSync(wealthKey(before.balance, address))
    if (after.balance > 0) this.#wealth.putSync(wealthKey(after.balance, address), NOTHING)
  }

  #moveTip(tip: string | undefined, block: Block, unspentOutputs: number, sign: 1 | -1): void {
    this.#setMeta({
      ...this.#meta,
      tip,
      transactions: this.#meta.transactions + sign * block.transactions.length,
      unspentOutputs: this.#meta.unspentOutputs + unspentOutputs,
    })
  }

  #remember(entry: TreeEntry): TreeEntry {
    if (this.#entryCache.size >= CACHED_ENTRIES) this.#entryCache.clear()
    this.#entryCache.set(entry.header.hash, entry)
    return entry
  }

  #readMeta(): Meta {
    return (this.#root.get('meta') as Meta | undefined) ?? EMPTY_META
  }

  #setMeta(meta: Meta): void {
    this.#meta = meta
    this.#root.putSync('meta', meta)
  }

  #databases(): Database<unknown, Buffer>[] {
    return [this.#headers, this.#tips, ...Object.values(this.#chainDatabases())] as Database<
      unknown,
      Buffer
    >[]
  }

  #chainDatabases(): Record<string, Database<unknown, Buffer>> {
    return {
      active: this.#active,
      utxo: this.#utxo,
      transactions: this.#transactions,
      addresses: this.#addresses,
      addressUtxo: this.#addressUtxo,
      addressPlaces: this.#addressPlaces,
      wealth: this.#wealth,
      calls: this.#calls,
      undo: this.#undo,
      world: this.#world,
    }
  }
}

const EMPTY_META: Meta = {
  format: FORMAT,
  chainId: '',
  tip: undefined,
  sequence: 0,
  transactions: 0,
  addresses: 0,
  unspentOutputs: 0,
  isBeingRebuilt: false,
}
