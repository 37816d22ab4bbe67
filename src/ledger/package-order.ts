import type { PoolEntry, PoolGraph } from './pool-graph.js'
import { SortedList } from './sorted-list.js'

/** An entry with those of its ancestors that are not chosen yet: they go into a block together. */
export interface Package {
  readonly entry: PoolEntry
  /** In units. */
  readonly fees: number
  readonly bytes: number
  /** Members, the entry included. */
  readonly size: number
  /** Units of fee per byte. */
  readonly feeRate: number
}

export function packageOf(entry: PoolEntry, fees: number, bytes: number, size: number): Package {
  return { entry, fees, bytes, size, feeRate: fees / bytes }
}

/** The best paid first, of equals the earliest. */
export function entersBefore(a: Package, b: Package): boolean {
  if (a.feeRate !== b.feeRate) return a.feeRate > b.feeRate
  return a.entry.sequence < b.entry.sequence
}

/** The packages of all pending transactions, each with all it builds on, in the order they would enter an empty block. */
export class PackageOrder {
  readonly #graph: PoolGraph
  readonly #packages = new Map<PoolEntry, Package>()
  readonly #sorted = new SortedList<Package>(entersBefore)

  constructor(graph: PoolGraph) {
    this.#graph = graph
  }

  [Symbol.iterator](): Iterator<Package, void> {
    return this.#sorted[Symbol.iterator]()
  }

  get(entry: PoolEntry): Package | undefined {
    return this.#packages.get(entry)
  }

  /** Must be told every entry that is new, or has lost an ancestor. */
  place(entry: PoolEntry): void {
    this.remove(entry)
    let { fee: fees, bytes } = entry.transaction
    const ancestors = this.#graph.ancestors(entry.transaction)
    for (const { transaction } of ancestors) {
      fees += transaction.fee
      bytes += transaction.bytes
    }
    const placed = packageOf(entry, fees, bytes, ancestors.size + 1)
    this.#packages.set(entry, placed)
    this.#sorted.add(placed)
  }

  remove(entry: PoolEntry): void {
    const placed = this.#packages.get(entry)
    if (!placed) return
    this.#packages.delete(entry)
    this.#sorted.delete(placed)
  }
}
