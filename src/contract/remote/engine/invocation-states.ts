import { assert } from '../../../base/errors.js'
import type { InvocationState } from '../prime-reports.js'
import type { EndedRow, FinalState, Invoker, LiveRow } from './rows.js'

/** What can happen to an invocation. */
export type Happening =
  /** Given to a client. */
  | 'granted'
  /** The same client has come back with it. */
  | 'resumed'
  /** Nobody works on it any more. */
  | 'released'
  /** Its result is there. */
  | 'taken'
  /** Its author says that it failed, or the result is none. */
  | 'refused'
  /** It may not be tried again. */
  | 'exhausted'
  /** Its contract is gone, or its record. */
  | 'cancelled'
  /** Somebody wants one more attempt. */
  | 'retried'
  | 'discarded'
  /** Its record is in the chain again. */
  | 'returned'

const TAKEN = { taken: 'committed', refused: 'failed', exhausted: 'dead', cancelled: 'cancelled' } as const

/** REM-11: where an invocation goes from each state. */
const TRANSITIONS: Readonly<Record<InvocationState, Readonly<Partial<Record<Happening, InvocationState>>>>> =
  {
    pending: { granted: 'leased', resumed: 'leased', ...TAKEN },
    leased: { released: 'pending', ...TAKEN },
    committed: {},
    failed: {},
    dead: { retried: 'pending', discarded: 'cancelled' },
    cancelled: { returned: 'pending' },
  }

/** Undefined: it cannot happen in that state. */
export function stateAfter(state: InvocationState, happening: Happening): InvocationState | undefined {
  return TRANSITIONS[state][happening]
}

/** REM-14 */
const MOST_FAILURES = 5
const MOST_DELIVERIES = 20
/** REM-27 */
const LOSSES_IN_COMPANY = 2
/** REM-15 */
const FIRST_DELAY_MS = 2_000
const LONGEST_DELAY_MS = 300_000
const SPREAD = 0.2

// Rows are spelled out member by member where every invocation passes: a spread takes several times as long.

export function begun(invoker: Invoker): LiveRow {
  return {
    id: invoker.id,
    contractId: invoker.contractId,
    txnType: invoker.txnType,
    kind: invoker.kind,
    txnId: invoker.txnId,
    ordinal: invoker.ordinal,
    extra: invoker.extra,
    timestampMs: invoker.timestampMs,
    tag: invoker.tag,
    payloadJson: invoker.payloadJson,
    deliveries: 0,
    failures: 0,
    losses: 0,
    deliveriesAllowed: MOST_DELIVERIES,
    failuresAllowed: MOST_FAILURES,
    token: null,
    startedMs: null,
    retryAtMs: null,
    error: null,
  }
}

export function granted(row: LiveRow, token: Uint8Array, nowMs: number): LiveRow {
  return {
    id: row.id,
    contractId: row.contractId,
    txnType: row.txnType,
    kind: row.kind,
    txnId: row.txnId,
    ordinal: row.ordinal,
    extra: row.extra,
    timestampMs: row.timestampMs,
    tag: row.tag,
    payloadJson: row.payloadJson,
    deliveries: row.deliveries + 1,
    failures: row.failures,
    losses: row.losses,
    deliveriesAllowed: row.deliveriesAllowed,
    failuresAllowed: row.failuresAllowed,
    token,
    startedMs: row.startedMs ?? nowMs,
    retryAtMs: null,
    error: row.error,
  }
}

export function isExhausted(row: LiveRow): boolean {
  return row.failures >= row.failuresAllowed || row.deliveries >= row.deliveriesAllowed
}

export interface Failure {
  readonly error: string
  /** It ended with its stream. */
  readonly isLost: boolean
  /** Null: it may be tried again at once. */
  readonly retryAtMs: number | null
  /** The client has told its last word under the lease. */
  readonly endsLease: boolean
}

export function failedOnce(row: LiveRow, { error, isLost, retryAtMs, endsLease }: Failure): LiveRow {
  const losses = row.losses + (isLost ? 1 : 0)
  return { ...row, failures: row.failures + 1, losses, error, retryAtMs, token: endsLease ? null : row.token }
}

/** REM-27: it may be what ends the processes that work on it. */
export function isSuspect({ losses }: LiveRow): boolean {
  return losses >= LOSSES_IN_COMPANY
}

/** REM-15; `random` from 0 to 1. */
export function retryDelayMs(failures: number, random: number): number {
  const doublings = Math.min(failures - 1, 30)
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** doublings)
  return Math.round(delayMs * (1 - SPREAD + 2 * SPREAD * random))
}

/** What an invocation leaves behind besides what its row says. */
export interface Ending extends Pick<EndedRow, 'number' | 'finishedMs'> {
  readonly state: FinalState
  readonly error?: string | null
  readonly digest?: Uint8Array
  readonly dataJson?: string
  readonly outputTxnId?: string | undefined
  /** The output is made from the row and has to be brought to the chain. */
  readonly hasToSend?: boolean
  readonly mayReturn?: boolean
}

export function ended(row: LiveRow, ending: Ending): EndedRow {
  return {
    id: row.id,
    contractId: row.contractId,
    txnType: row.txnType,
    kind: row.kind,
    txnId: row.txnId,
    ordinal: row.ordinal,
    extra: row.extra,
    timestampMs: row.timestampMs,
    tag: row.tag,
    payloadJson: row.payloadJson,
    number: ending.number,
    state: ending.state,
    deliveries: row.deliveries,
    failures: row.failures,
    startedMs: row.startedMs,
    finishedMs: ending.finishedMs,
    error: ending.error === undefined ? row.error : ending.error,
    digest: ending.digest ?? null,
    dataJson: ending.dataJson ?? null,
    outputTxnId: ending.outputTxnId ?? null,
    mayReturn: ending.mayReturn ?? false,
  }
}

/** A dead invocation with exactly one more attempt, or a cancelled one that begins where it was. */
export function revived(row: EndedRow): LiveRow {
  assert(row.state === 'dead' || row.mayReturn, 'only the dead and those whose record left come back')
  const { deliveries, failures, startedMs, error } = row
  const more = { deliveriesAllowed: deliveries + 1, failuresAllowed: failures + 1 }
  const allowed = row.state === 'dead' ? more : {}
  return { ...begun(row), ...allowed, deliveries, failures, startedMs, error }
}
