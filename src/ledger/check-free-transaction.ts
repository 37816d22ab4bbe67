import type { Chain } from './chain.js'
import type { ConsensusSettings } from './settings.js'
import { ensure } from './shape.js'
import type { Transaction } from './transaction.js'

/** When a transaction without inputs is to enter the chain, and what the chain holds already. */
export interface FreeTransactionContext {
  readonly state: { hasTransaction(id: string): boolean }
  /** Of the branch the block follows, in ms since 1970. */
  readonly medianTimePast: number
  /** Of the block, or the clock's while there is none, in ms since 1970. */
  readonly blockTimestamp: number
}

/**
 * Whether a transaction that spends nothing has come too late for the branch. An output never does: it stands on a chain once,
 * however old, and bears the time of what invoked its contract.
 */
export function isTooOld(
  { timestamp, payload }: Transaction,
  medianTimePast: number,
  { maxTransactionAgeMs }: Pick<ConsensusSettings, 'maxTransactionAgeMs'>,
): boolean {
  return payload?.kind !== 'output' && timestamp < medianTimePast - maxTransactionAgeMs
}

/**
 * Throws unless a transaction that spends nothing may enter. One that spends needs no such check: its inputs are
 * unspent only once. @throws {RuleError}
 */
export function checkFreeTransaction(
  transaction: Transaction,
  { state, medianTimePast, blockTimestamp }: FreeTransactionContext,
  { settings }: Chain,
): void {
  const { id, timestamp } = transaction
  ensure(!isTooOld(transaction, medianTimePast, settings), 'UTX-6', 'the transaction is too old')
  ensure(timestamp <= blockTimestamp + settings.maxFutureMs, 'UTX-7', 'the transaction is ahead of its block')
  ensure(!state.hasTransaction(id), 'UTX-9', 'the transaction is in the chain already')
}
