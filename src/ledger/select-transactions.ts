import type { Steps } from '../base/steps.js'
import { Heap } from './heap.js'
import { entersBefore, type Package, packageOf, type PackageOrder } from './package-order.js'
import { byArrival, type PoolEntry, type PoolGraph } from './pool-graph.js'
import type { Transaction } from './transaction.js'

/** Packages looked at in one step. */
const STEP = 64

/**
 * What a block should hold: the best paid first, each together with what it builds on, as much as fits (POOL-14). The result is
 * in an order that a block may have and takes at most `maxBytes`, one more byte for each transaction counted. Graph and
 * order must not change between two steps.
 */
export function* selectTransactions(
  graph: PoolGraph,
  order: PackageOrder,
  maxBytes: number,
): Steps<readonly Transaction[]> {
  const chosen = new Set<PoolEntry>()
  const queue = new PackageQueue(order)
  let room = maxBytes
  let looked = 0
  for (let best = queue.next(); best; best = queue.next()) {
    if (++looked % STEP === 0) yield
    if (best.bytes + best.size > room || chosen.has(best.entry) || !queue.isCurrent(best)) continue
    room -= best.bytes + best.size
    const members = membersOf(best.entry, graph, chosen)
    for (const member of members) chosen.add(member)
    for (const member of members) yield* lightenFollowers(member, graph, chosen, queue)
    yield* queue.putBack()
  }
  return [...chosen].map(({ transaction }) => transaction)
}

/** A member was chosen: the packages of all that build on it no longer count it. */
function* lightenFollowers(
  member: PoolEntry,
  graph: PoolGraph,
  chosen: ReadonlySet<PoolEntry>,
  queue: PackageQueue,
): Steps<void> {
  const followers = new Set(graph.children(member))
  let looked = 0
  // A set yields what is added to it while it is walked.
  for (const follower of followers) {
    if (!chosen.has(follower)) queue.lighten(follower, member)
    for (const child of graph.children(follower)) followers.add(child)
    if (++looked % STEP === 0) yield
  }
}

/** In the order of arrival, parents before children; the entry itself is last. */
function membersOf(entry: PoolEntry, graph: PoolGraph, chosen: ReadonlySet<PoolEntry>): readonly PoolEntry[] {
  const missing = [...graph.ancestors(entry.transaction)].filter((ancestor) => !chosen.has(ancestor))
  return [...missing.sort(byArrival), entry]
}

/** Packages, the best first: those that no member has left as the pool keeps them, the others as they are now. */
class PackageQueue {
  readonly #order: PackageOrder
  readonly #whole: Iterator<Package, void>
  #nextWhole: Package | undefined
  readonly #lighter = new Heap<Package>(entersBefore)
  readonly #now = new Map<PoolEntry, Package>()
  readonly #changed = new Set<PoolEntry>()

  constructor(order: PackageOrder) {
    this.#order = order
    this.#whole = order[Symbol.iterator]()
    this.#advance()
  }

  /** May be a package that is no longer so: ask {@link isCurrent}. */
  next(): Package | undefined {
    const whole = this.#nextWhole
    const lighter = this.#lighter.first
    if (lighter && !(whole && entersBefore(whole, lighter))) return this.#lighter.pop()
    this.#advance()
    return whole
  }

  isCurrent(each: Package): boolean {
    return (this.#now.get(each.entry) ?? each) === each
  }

  /** One that the entry builds on was chosen. Call {@link putBack} when that is told of all. */
  lighten(entry: PoolEntry, { transaction }: PoolEntry): void {
    const before = this.#now.get(entry) ?? this.#order.get(entry)
    if (!before) return
    const { fees, bytes, size } = before
    this.#now.set(entry, packageOf(entry, fees - transaction.fee, bytes - transaction.bytes, size - 1))
    this.#changed.add(entry)
  }

  *putBack(): Steps<void> {
    let put = 0
    for (const entry of this.#changed) {
      this.#lighter.push(this.#now.get(entry) as Package)
      if (++put % STEP === 0) yield
    }
    this.#changed.clear()
  }

  #advance(): void {
    const step = this.#whole.next()
    this.#nextWhole = step.done === true ? undefined : step.value
  }
}
