import type { Steps } from '../base/steps.js'
import { assert } from '../base/errors.js'
import { EvictionQueue } from './eviction-queue.js'
import { PackageOrder } from './package-order.js'
import { type PoolEntry, PoolGraph } from './pool-graph.js'
import { selectTransactions } from './select-transactions.js'
import type { Transaction } from './transaction.js'

interface Selection {
  readonly maxBytes: number
  readonly transactions: readonly Transaction[]
}

/** Pending transactions and who of them comes first: into a block, and out of a pool that is full. Knows nothing of rules. */
export class PoolOrder {
  readonly #graph = new PoolGraph()
  readonly #leaving = new EvictionQueue(this.#graph)
  readonly #entering = new PackageOrder(this.#graph)
  #changes = 0
  #selection: Selection | undefined

  /** For reading; it changes only through this class. */
  get graph(): PoolGraph {
    return this.#graph
  }

  /** Parents must be put in before their children. */
  put(entry: PoolEntry): void {
    this.#changed()
    this.#graph.add(entry)
    this.#leaving.offer(entry)
    this.#entering.place(entry)
  }

  remove(entries: ReadonlySet<PoolEntry>): void {
    if (entries.size === 0) return
    this.#changed()
    const followers = [...this.#graph.withDescendants(entries)].filter((entry) => !entries.has(entry))
    const parents = new Set([...entries].flatMap(({ transaction }) => this.#graph.parents(transaction)))
    for (const entry of entries) {
      this.#graph.remove(entry)
      this.#entering.remove(entry)
    }
    for (const follower of followers) this.#entering.place(follower)
    for (const parent of parents) if (!entries.has(parent)) this.#leaving.offer(parent)
  }

  /** The one to leave first. It is not named again unless it is put in again, or loses a child. */
  worst(): PoolEntry | undefined {
    return this.#leaving.next()
  }

  /** {@link selectTransactions}; the same list again while nothing changes. The pool must not change between two steps. */
  *select(maxBytes: number): Steps<readonly Transaction[]> {
    if (this.#selection?.maxBytes === maxBytes) return this.#selection.transactions
    const started = this.#changes
    const steps = selectTransactions(this.#graph, this.#entering, maxBytes)
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) {
        this.#selection = { maxBytes, transactions: step.value }
        return step.value
      }
      yield
      assert(this.#changes === started, 'the pool stays as it is while a block is filled')
    }
  }

  #changed(): void {
    this.#changes += 1
    this.#selection = undefined
  }
}
