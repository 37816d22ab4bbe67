import { Heap } from './heap.js'
import { byArrival, type PoolEntry, type PoolGraph } from './pool-graph.js'
import type { Transaction } from './transaction.js'

/** An entry with those of its ancestors that are not chosen yet: they go into a block together. */
interface Package {
  readonly entry: PoolEntry
  readonly feeRate: number
  /** How many the package had when it was weighed; with fewer left it has been weighed again. */
  readonly size: number
}

/**
 * What a block should hold: the best paid first, each together with what it builds on, as much as fits (POOL-14). The result is
 * in an order that a block may have and takes at most `maxBytes`, one more byte for each transaction counted.
 */
export function selectTransactions(graph: PoolGraph, maxBytes: number): readonly Transaction[] {
  const queue = new Heap<Package>(isBefore)
  const chosen = new Set<PoolEntry>()
  for (const entry of graph.entries()) queue.push(weigh(packageOf(entry, graph, chosen)))
  let room = maxBytes
  for (let best = queue.pop(); best; best = queue.pop()) {
    if (chosen.has(best.entry)) continue
    const members = packageOf(best.entry, graph, chosen)
    const bytes = members.reduce((sum, { transaction }) => sum + transaction.bytes + 1, 0)
    if (members.length < best.size || bytes > room) continue
    room -= bytes
    for (const member of members) chosen.add(member)
    for (const entry of graph.withDescendants(members)) {
      if (!chosen.has(entry)) queue.push(weigh(packageOf(entry, graph, chosen)))
    }
  }
  return [...chosen].map(({ transaction }) => transaction)
}

function isBefore(a: Package, b: Package): boolean {
  if (a.feeRate !== b.feeRate) return a.feeRate > b.feeRate
  return a.entry.sequence < b.entry.sequence
}

/** In the order of arrival, parents before children; the entry itself is last. */
function packageOf(entry: PoolEntry, graph: PoolGraph, chosen: ReadonlySet<PoolEntry>): readonly PoolEntry[] {
  const missing = [...graph.ancestors(entry.transaction)].filter((ancestor) => !chosen.has(ancestor))
  return [...missing.sort(byArrival), entry]
}

function weigh(members: readonly PoolEntry[]): Package {
  let fees = 0
  let bytes = 0
  for (const { transaction } of members) {
    fees += transaction.fee
    bytes += transaction.bytes
  }
  return { entry: members.at(-1) as PoolEntry, feeRate: fees / bytes, size: members.length }
}
