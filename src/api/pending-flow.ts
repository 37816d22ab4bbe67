import type { PoolEntry } from '../ledger/pool-graph.js'

/** What a pending transaction does to one address, in units. */
export interface PendingFlow {
  readonly received: number
  readonly sent: number
}

export function pendingFlow({ transaction, spent }: PoolEntry, address: string): PendingFlow {
  return { received: sumFor(address, transaction.outputs), sent: sumFor(address, spent) }
}

function sumFor(
  address: string,
  parts: readonly { readonly address: string; readonly amount: number }[],
): number {
  return parts.reduce((sum, part) => (part.address === address ? sum + part.amount : sum), 0)
}
