import type { PoolEntry } from '../../src/ledger/pool-graph.js'
import type { Transaction } from '../../src/ledger/transaction.js'

/**
 * What a block should hold (POOL-14), found the plain way: again and again the best paid package of all that still fit.
 * `entries` are in the order of arrival.
 */
export function naiveSelection(entries: readonly PoolEntry[], maxBytes: number): readonly Transaction[] {
  const chosen = new Set<PoolEntry>()
  let room = maxBytes
  for (;;) {
    const packages = entries
      .filter((entry) => !chosen.has(entry))
      .map((entry) => naivePackage(entry, entries, chosen))
      .filter(({ space }) => space <= room)
    const [first, ...others] = packages
    if (!first) return [...chosen].map(({ transaction }) => transaction)
    const best = others.reduce((a, b) => (b.feeRate > a.feeRate ? b : a), first)
    room -= best.space
    for (const member of best.members) chosen.add(member)
  }
}

function naivePackage(entry: PoolEntry, entries: readonly PoolEntry[], chosen: ReadonlySet<PoolEntry>) {
  const wanted = new Set([entry])
  for (const each of [...entries].reverse()) {
    const isParent = [...wanted].some(({ transaction }) =>
      transaction.inputs.some(({ transactionId }) => transactionId === each.transaction.id),
    )
    if (isParent) wanted.add(each)
  }
  const members = entries.filter((each) => wanted.has(each) && !chosen.has(each))
  const fees = members.reduce((sum, { transaction }) => sum + transaction.fee, 0)
  const bytes = members.reduce((sum, { transaction }) => sum + transaction.bytes, 0)
  return { members, feeRate: fees / bytes, space: bytes + members.length }
}
