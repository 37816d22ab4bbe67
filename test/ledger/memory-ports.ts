import type { Block } from '../../src/ledger/block.js'
import type { BlockEffects } from '../../src/ledger/connect-block.js'
import type { HeaderTree, TreeEntry, TreeGrowth } from '../../src/ledger/header-tree.js'
import type { StateView } from '../../src/ledger/state-view.js'
import { compareUtf8 } from '../../src/ledger/text.js'
import type { Outpoint } from '../../src/ledger/transaction.js'
import type { BlockReversal } from '../../src/ledger/undo.js'
import { outpointKey, type UtxoEntry } from '../../src/ledger/utxo.js'
import type { VersionedValue, WorldEntry } from '../../src/ledger/world-state.js'

/** The state of one chain in maps. */
export class MemoryState implements StateView {
  readonly coins = new Map<string, UtxoEntry>()
  readonly world = new Map<string, Map<string, VersionedValue>>()
  readonly transactions = new Set<string>()
  readonly calls = new Set<string>()

  utxo(outpoint: Outpoint): UtxoEntry | undefined {
    return this.coins.get(outpointKey(outpoint))
  }

  hasTransaction(id: string): boolean {
    return this.transactions.has(id)
  }

  hasCall(callId: string): boolean {
    return this.calls.has(callId)
  }

  worldValue(namespace: string, key: string): VersionedValue | undefined {
    return this.world.get(namespace)?.get(key)
  }

  *worldRange(namespace: string, start: string, end: string): Generator<WorldEntry> {
    const entries = [...(this.world.get(namespace) ?? [])].sort(([a], [b]) => compareUtf8(a, b))
    for (const [key, found] of entries) {
      if (compareUtf8(key, start) < 0) continue
      if (end !== '' && compareUtf8(key, end) >= 0) return
      yield { key, ...found }
    }
  }

  connect(block: Block, effects: BlockEffects): void {
    for (const { outpoint, entry } of effects.created) this.coins.set(outpointKey(outpoint), entry)
    for (const { outpoint } of effects.spent) this.coins.delete(outpointKey(outpoint))
    for (const { namespace, key, value, version } of effects.worldWrites) {
      this.put(namespace, key, value && { value, version })
    }
    for (const { id } of block.transactions) this.transactions.add(id)
    for (const call of effects.calls) this.calls.add(call)
  }

  disconnect(block: Block, reversal: BlockReversal): void {
    for (const { outpoint, entry } of reversal.restored) this.coins.set(outpointKey(outpoint), entry)
    for (const outpoint of reversal.removed) this.coins.delete(outpointKey(outpoint))
    for (const { namespace, key, before } of reversal.world) this.put(namespace, key, before)
    for (const { id } of block.transactions) this.transactions.delete(id)
    for (const call of reversal.calls) this.calls.delete(call)
  }

  put(namespace: string, key: string, found: VersionedValue | null): void {
    const keys = this.world.get(namespace) ?? new Map<string, VersionedValue>()
    if (found) this.world.set(namespace, keys.set(key, found))
    else keys.delete(key)
    if (keys.size === 0) this.world.delete(namespace)
  }

  /** All of it in one order, to compare two states. */
  snapshot(): unknown {
    const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
    return {
      coins: [...this.coins].sort(byKey),
      world: [...this.world].map(([name, keys]) => [name, [...keys].sort(byKey)] as const).sort(byKey),
      transactions: [...this.transactions].sort(),
      calls: [...this.calls].sort(),
    }
  }
}

/** A header tree in a map. */
export class MemoryTree implements HeaderTree {
  readonly entries = new Map<string, TreeEntry>()
  readonly #tips = new Set<string>()

  entry(hash: string): TreeEntry | undefined {
    return this.entries.get(hash)
  }

  tips(): Iterable<string> {
    return this.#tips
  }

  grow({ entry, tip, formerTip }: TreeGrowth): void {
    this.entries.set(tip, entry)
    this.#tips.delete(formerTip)
    this.#tips.add(tip)
  }

  put(...entries: readonly TreeEntry[]): void {
    for (const entry of entries) this.entries.set(entry.header.hash, entry)
  }
}
