/** What can become of an invocation. The last four are final. */
export type InvocationState = 'pending' | 'leased' | 'committed' | 'failed' | 'dead' | 'cancelled'

/** An invocation as people see it. */
export interface InvocationReport {
  readonly id: string
  readonly contractId: string
  readonly kind: 'transaction' | 'scheduled' | 'manual'
  readonly state: InvocationState
  /** Ordinal of the record; 0 where none stands behind it. */
  readonly seq: number
  /** Of the transaction that invokes it, or what stands for it. */
  readonly txnId: string
  readonly deliveries: number
  readonly failures: number
  /** In ms since 1970; null: not yet. */
  readonly startedMs: number | null
  readonly finishedMs: number | null
  /** Not before then is it tried again. */
  readonly nextAttemptMs: number | null
  readonly error: string | null
  /** JSON text of the result; null: none. */
  readonly dataJson: string | null
  /** Id of the output's transaction; null: none. */
  readonly outputTxnId: string | null
  readonly stdout: string
  readonly stderr: string
  readonly logsTruncated: boolean
}

export interface BacklogReport {
  /** Those not looked at yet are among the pending. */
  readonly pending: number
  readonly leased: number
  readonly committed: number
  readonly failed: number
  readonly dead: number
  readonly cancelled: number
  /** Outputs that stand in no block yet. */
  readonly outputsWaiting: number
  /** When the oldest pending one came into the chain, in ms since 1970. */
  readonly oldestMs: number | null
}

export interface LogLine {
  readonly invocationId: string
  readonly finishedMs: number
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

/** How far a contract has come, for whoever checks its invocations one by one. */
export interface ContractProgress {
  /** Ordinal of the last record that was taken up; 0: none. Later ones wait, but for those a reorg brought back. */
  readonly takenUpTo: number
  /** Whether invocations that ended long ago were forgotten: of them the chain alone tells. */
  readonly hasForgotten: boolean
}

/** What people ask of a prime and tell it. Ids that are unknown give undefined or an empty list. */
export interface PrimeReports {
  backlogOf(contractId: string): BacklogReport
  progressOf(contractId: string): ContractProgress
  /** The oldest first, after the one given. */
  invocations(
    contractId: string,
    wanted: { readonly state?: InvocationState; readonly after?: string; readonly limit: number },
  ): readonly InvocationReport[]
  invocation(invocationId: string): InvocationReport | undefined
  /** One more attempt for a dead invocation. False: it is not dead. */
  retry(invocationId: string): Promise<boolean>
  /** Forgets a dead invocation. False: it is not dead. */
  discard(invocationId: string): Promise<boolean>
  /** Invokes a contract without a transaction; returns the id of the invocation. `payloadJson`: JSON text. */
  invoke(contractId: string, payloadJson: string): Promise<string>
  /** The last `tail` invocations that ended since then, the oldest first. */
  logs(contractId: string, sinceMs: number, tail: number): readonly LogLine[]
  /** JSON text. */
  heap(contractId: string, key: string): string | undefined
  heapKeys(contractId: string, prefix: string, after: string | undefined, limit: number): readonly string[]
}
