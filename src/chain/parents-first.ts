import type { PendingTransaction } from '../ledger/mempool.js'

/** The same transactions, each after those of them whose outputs it spends; otherwise in the order given. */
export function parentsFirst(pending: readonly PendingTransaction[]): readonly PendingTransaction[] {
  const left = new Map(pending.map((each) => [each.transaction.id, each]))
  const sorted: PendingTransaction[] = []
  for (const { transaction } of pending) {
    const path = [transaction.id]
    for (let id = path.at(-1); id !== undefined; id = path.at(-1)) {
      const each = left.get(id)
      const parent = each?.transaction.inputs.find(({ transactionId }) => left.has(transactionId))
      if (parent) {
        path.push(parent.transactionId)
        continue
      }
      path.pop()
      if (each) sorted.push(each)
      left.delete(id)
    }
  }
  return sorted
}
