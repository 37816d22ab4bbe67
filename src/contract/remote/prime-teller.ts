import type { InvocationState } from './prime-reports.js'

/** How an invocation ended. */
export interface InvocationEnd {
  readonly id: string
  readonly contractId: string
  readonly state: InvocationState
  /** Id of the output's transaction; null: none. */
  readonly outputTxnId: string | null
  /** What its last attempt failed with; null: it did not fail. */
  readonly error: string | null
}

/** Told of what a prime does, once it is on the disk or about to be. Calls return at once and never throw. */
export interface PrimeTeller {
  /** Invocations of a contract began or ended; called often. */
  changed(contractId: string): void
  /** It is on the disk. */
  ended(end: InvocationEnd): void
}
