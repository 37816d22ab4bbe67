import type { Added } from '../../ledger/mempool.js'
import type { PoolEntry } from '../../ledger/pool-graph.js'
import type { RuleError } from '../../ledger/rule-error.js'
import type { Outpoint, Transaction } from '../../ledger/transaction.js'

/** Transactions that wait for a block. */
export interface PendingPort {
  /** How many there are. */
  readonly size: number
  /** What all of them take as canonical JSON. */
  readonly bytes: number
  get(id: string): Transaction | undefined
  /** Those after a place in the order of arrival. */
  after(sequence: number): readonly PoolEntry[]
  /** Those that pay an address or spend what it holds. */
  touching(address: string): Iterable<PoolEntry>
  spenderOf(outpoint: Outpoint): Transaction | undefined
  /** Resolves when it is kept on disk. @throws {RuleError} */
  submit(transaction: Transaction): Promise<Added>
  /** Each on its own. */
  submitMany(transactions: readonly Transaction[]): Promise<(Added | RuleError)[]>
}
