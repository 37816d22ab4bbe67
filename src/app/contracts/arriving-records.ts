import type { Pending } from '../../chain/pending.js'

/** How many records of each type wait for a block. */
export function arrivingRecords({ pool }: Pick<Pending, 'pool'>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { transaction } of pool.pending()) {
    if (transaction.payload?.kind !== 'record') continue
    const { txnType } = transaction.payload
    counts.set(txnType, (counts.get(txnType) ?? 0) + 1)
  }
  return counts
}
