import { Heap } from './heap.js'
import type { PoolEntry, PoolGraph } from './pool-graph.js'

/** Finds who leaves a full pool: of the entries that no other builds on the worst paid, of equals the latest. */
export class EvictionQueue {
  readonly #graph: PoolGraph
  #heap = new Heap<PoolEntry>(leavesBefore)

  constructor(graph: PoolGraph) {
    this.#graph = graph
  }

  /** Must be told every entry that is new, or has lost a child. */
  offer(entry: PoolEntry): void {
    if (this.#heap.size > 2 * this.#graph.size + 64) this.#rebuild()
    this.#heap.push(entry)
  }

  next(): PoolEntry | undefined {
    for (let worst = this.#heap.pop(); worst; worst = this.#heap.pop()) if (this.#isLeaf(worst)) return worst
    return undefined
  }

  #isLeaf(entry: PoolEntry): boolean {
    const { transaction } = entry
    return this.#graph.get(transaction.id) === entry && this.#graph.children(entry).size === 0
  }

  /** Entries that left by another way are still queued; without this they would pile up. */
  #rebuild(): void {
    this.#heap = new Heap(leavesBefore)
    for (const entry of this.#graph.entries()) this.#heap.push(entry)
  }
}

function leavesBefore(a: PoolEntry, b: PoolEntry): boolean {
  if (a.feeRate !== b.feeRate) return a.feeRate < b.feeRate
  return a.sequence > b.sequence
}
