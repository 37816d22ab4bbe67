import type { AckStatus, ContractError, LogChunk } from '../wire/remote.js'
import type { ExecutionOrder } from './remote-contract.js'

/** An invocation on its way to a client. */
export interface Delivery {
  readonly invocationId: string
  /** Ordinal of the record; 0 where none stands behind it. */
  readonly seq: number
  readonly leaseToken: Uint8Array
  /** Counted from 1. */
  readonly attempt: number
  readonly deadlineMs: number
  readonly transactionJson: string
  readonly txnId: string
  readonly kind: 'transaction' | 'scheduled' | 'manual'
  readonly leaseMs: number
}

/** A client's stream, as the prime sees it. Every call returns at once and never throws. */
export interface Client {
  readonly sessionId: string
  readonly contractId: string
  /** Stays the same when the same process connects again. */
  readonly instanceId: string
  deliver(delivery: Delivery): void
  /** Advisory: the result would be stale. */
  cancel(invocationId: string, reason: string): void
  /** The same process has come back on another stream, which has its leases now. */
  supersede(): void
}

export interface Held {
  readonly invocationId: string
  readonly leaseToken: Uint8Array
}

export interface Attached {
  readonly executionOrder: ExecutionOrder
  readonly leaseMs: number
  /** What waits for the contract or is being worked on. */
  readonly backlog: number
  readonly grantedInFlight: number
  /** Ids of the held invocations that are the client's still. */
  readonly kept: readonly string[]
}

/** What a client says became of an invocation. */
export interface Outcome {
  readonly invocationId: string
  readonly leaseToken: Uint8Array
  readonly dataJson: string
  readonly outputToChain: boolean
  readonly outputTag: string | undefined
  readonly error: ContractError | undefined
  readonly logs: LogChunk | undefined
  readonly durationMs: number
  /** JSON texts by key. */
  readonly heapJson: Readonly<Record<string, string>>
}

export interface Acknowledgement {
  readonly status: (typeof AckStatus)['COMMITTED' | 'ALREADY_COMMITTED' | 'STALE' | 'REJECTED']
  /** Empty where there is no output. */
  readonly outputTxnId: string
  readonly detail: string
}

/** Hands the backlog of remote contracts out to their clients, and takes results exactly once. */
export interface Prime {
  /**
   * Takes a client in, with nothing delivered yet: {@link start} begins. `maxInFlight`: what the client is ready to work on
   * at once. One of the same instance that is connected still is superseded.
   * @throws {TooManyClientsError} there are too many of the contract
   */
  attach(client: Client, maxInFlight: number, held: readonly Held[]): Attached
  start(sessionId: string): void
  /** `goodbye`: what it holds is free at once; `lost`: after a grace, in which the same instance may come back. */
  detach(sessionId: string, how: 'goodbye' | 'lost'): void
  credit(sessionId: string, maxInFlight: number): void
  progress(sessionId: string, invocationId: string, leaseToken: Uint8Array, logs: LogChunk | undefined): void
  /** Durable when it resolves. */
  finish(sessionId: string, outcome: Outcome): Promise<Acknowledgement>
  backlog(contractId: string): number
}
