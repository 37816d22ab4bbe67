import type { PoolEntry, PoolGraph } from './pool-graph.js'
import { ensure } from './shape.js'
import type { Transaction } from './transaction.js'

/**
 * What must leave the pool for a transaction that spends what others in it spend: these, and all that builds on them.
 * Empty where there is no conflict. @throws {RuleError} when it does not pay enough to push them out.
 */
export function replacedBy(
  transaction: Transaction,
  graph: PoolGraph,
  maxReplaced: number,
): ReadonlySet<PoolEntry> {
  const conflicts = new Set<PoolEntry>()
  for (const input of transaction.inputs) {
    const spender = graph.spenderOf(input)
    if (spender) conflicts.add(spender)
  }
  if (conflicts.size === 0) return conflicts
  const replaced = graph.withDescendants(conflicts, maxReplaced)
  ensure(replaced.size <= maxReplaced, 'POOL-5', `it would push out more than ${maxReplaced} transactions`)
  checkPay(transaction, conflicts, replaced)
  for (const { transactionId } of transaction.inputs) {
    const parent = graph.get(transactionId)
    ensure(!parent || !replaced.has(parent), 'POOL-6', 'it spends an output of what it would push out')
  }
  return replaced
}

function checkPay(
  transaction: Transaction,
  conflicts: ReadonlySet<PoolEntry>,
  replaced: ReadonlySet<PoolEntry>,
): void {
  let fees = 0
  for (const each of replaced) fees += each.transaction.fee
  ensure(
    transaction.fee > fees,
    'POOL-4',
    `an input is spent in the pool; it takes a fee above ${fees} to replace`,
  )
  const rate = feeRateOf(transaction)
  for (const { feeRate } of conflicts) {
    ensure(
      rate > feeRate,
      'POOL-4',
      `an input is spent in the pool; it takes more than ${feeRate} units a byte to replace`,
    )
  }
}

/** Units of fee per byte. Division is exact to the last bit everywhere, so all nodes sort alike. */
export function feeRateOf({ fee, bytes }: Transaction): number {
  return fee / bytes
}
