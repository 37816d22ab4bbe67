import { encodeTransaction } from '../ledger/encode-transaction.js'
import type { Transaction } from '../ledger/transaction.js'
import type { PendingStore } from '../store/index/pending-store.js'

/** Keeps transactions that wait for a block; resolves when all are on disk. `addedMs`, since 1970, is when they arrived. */
export async function keepWaiting(
  store: PendingStore,
  transactions: readonly Transaction[],
  addedMs: number,
): Promise<void> {
  await Promise.all(
    transactions.map((each) => store.put(each.id, { transaction: encodeTransaction(each), addedMs })),
  )
}
