import type { Outpoint, Transaction } from './transaction.js'
import { outpointKey, type UtxoEntry } from './utxo.js'

/** A pending transaction. */
export interface PoolEntry {
  readonly transaction: Transaction
  /** What its inputs name, in their order. */
  readonly spent: readonly UtxoEntry[]
  /** Units of fee per byte. */
  readonly feeRate: number
  /** When it arrived, in ms since 1970. */
  readonly addedMs: number
  /** Place in the order of arrival; no two alike. */
  readonly sequence: number
}

/** Sorts parents before children. */
export function byArrival(a: PoolEntry, b: PoolEntry): number {
  return a.sequence - b.sequence
}

/** Pending transactions and who spends whose outputs. Knows nothing of rules. */
export class PoolGraph {
  readonly #entries = new Map<string, PoolEntry>()
  readonly #spenders = new Map<string, PoolEntry>()
  /** Only of entries that have some; likewise children. */
  readonly #parents = new Map<PoolEntry, Set<PoolEntry>>()
  readonly #children = new Map<PoolEntry, Set<PoolEntry>>()
  readonly #touching = new Map<string, Set<PoolEntry>>()
  #bytes = 0

  get size(): number {
    return this.#entries.size
  }

  /** What all entries take as canonical JSON. */
  get bytes(): number {
    return this.#bytes
  }

  /** In no order that can be relied on. */
  entries(): Iterable<PoolEntry> {
    return this.#entries.values()
  }

  get(id: string): PoolEntry | undefined {
    return this.#entries.get(id)
  }

  spenderOf(outpoint: Outpoint): PoolEntry | undefined {
    return this.#spenders.get(outpointKey(outpoint))
  }

  /** Entries that pay an address or spend what it holds, in the order they were put here. */
  touching(address: string): Iterable<PoolEntry> {
    return this.#touching.get(address) ?? []
  }

  /** Parents must be added before their children. */
  add(entry: PoolEntry): void {
    for (const parent of this.parents(entry.transaction)) {
      put(this.#parents, entry, parent)
      put(this.#children, parent, entry)
    }
    this.#entries.set(entry.transaction.id, entry)
    for (const input of entry.transaction.inputs) this.#spenders.set(outpointKey(input), entry)
    for (const address of addressesOf(entry)) put(this.#touching, address, entry)
    this.#bytes += entry.transaction.bytes
  }

  remove({ transaction: { id } }: PoolEntry): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    for (const parent of this.#parents.get(entry) ?? []) take(this.#children, parent, entry)
    for (const child of this.#children.get(entry) ?? []) take(this.#parents, child, entry)
    this.#parents.delete(entry)
    this.#children.delete(entry)
    this.#entries.delete(id)
    for (const input of entry.transaction.inputs) this.#spenders.delete(outpointKey(input))
    for (const address of addressesOf(entry)) take(this.#touching, address, entry)
    this.#bytes -= entry.transaction.bytes
  }

  /** Entries whose outputs the transaction spends, each once. */
  parents({ inputs }: Transaction): readonly PoolEntry[] {
    const found = new Set<PoolEntry>()
    for (const { transactionId } of inputs) {
      const parent = this.#entries.get(transactionId)
      if (parent) found.add(parent)
    }
    return [...found]
  }

  /** Entries that spend outputs of this one, each once. */
  children(entry: PoolEntry): ReadonlySet<PoolEntry> {
    return this.#children.get(entry) ?? NONE
  }

  /** All that must be in a block before the transaction; stops looking when there are more than `limit`. */
  ancestors(transaction: Transaction, limit = Infinity): ReadonlySet<PoolEntry> {
    return closure(this.parents(transaction), this.#parents, limit)
  }

  /** `roots` and all that spends their outputs, directly or not; stops looking when there are more than `limit`. */
  withDescendants(roots: Iterable<PoolEntry>, limit = Infinity): ReadonlySet<PoolEntry> {
    return closure(roots, this.#children, limit)
  }
}

const NONE: ReadonlySet<PoolEntry> = new Set()

function addressesOf({ transaction, spent }: PoolEntry): ReadonlySet<string> {
  return new Set([...transaction.outputs, ...spent].map(({ address }) => address))
}

function closure(
  roots: Iterable<PoolEntry>,
  next: ReadonlyMap<PoolEntry, ReadonlySet<PoolEntry>>,
  limit: number,
): ReadonlySet<PoolEntry> {
  const found = new Set(roots)
  // A set yields what is added to it while it is walked.
  for (const entry of found) {
    if (found.size > limit) break
    for (const each of next.get(entry) ?? []) found.add(each)
  }
  return found
}

function put<K>(sets: Map<K, Set<PoolEntry>>, key: K, entry: PoolEntry): void {
  const set = sets.get(key)
  if (set) set.add(entry)
  else sets.set(key, new Set([entry]))
}

/** No set is left empty. */
function take<K>(sets: Map<K, Set<PoolEntry>>, key: K, entry: PoolEntry): void {
  const set = sets.get(key)
  set?.delete(entry)
  if (set?.size === 0) sets.delete(key)
}
