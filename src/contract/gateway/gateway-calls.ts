import type { InvocationPayload } from '../../ledger/payload/invocation.js'
import type { Transaction } from '../../ledger/transaction.js'
import type { ValidationCode } from '../../ledger/validation-code.js'
import type { Call, CallResponse } from '../call.js'

/** A free transaction that carries an invocation, signed by its invoker: whoever has it can submit it, at any node. */
export interface CallTransaction extends Transaction {
  readonly payload: InvocationPayload
}

/** What came of running a call in order to submit it. */
export interface Endorsed {
  /** Of any status. */
  readonly response: CallResponse
  /** Undefined where the status is 400 or above: such a call never becomes a transaction. */
  readonly transaction: CallTransaction | undefined
}

/** What became of a call on the chain. */
export interface CallStatus {
  readonly code: ValidationCode
  /** Of its block. */
  readonly height: number
}

/** The events that the valid calls of one block left, of one contract, in the order of the block. Never empty. */
export interface BlockEvents {
  readonly height: number
  readonly events: readonly ContractEventRecord[]
}

export interface ContractEventRecord {
  readonly callId: string
  readonly name: string
  readonly payload: Uint8Array
}

export interface EventsWanted {
  /** Its name. */
  readonly contract: string
  /** Height of the first block; it may be still to come. */
  readonly from: number
  /** Ends the iteration (without an error) once it is aborted. */
  readonly signal: AbortSignal
}

/**
 * What the gateway needs of the node. Calls come with their signatures checked. Where a `signal` is aborted the caller is
 * gone: the promise is to reject soon, with anything.
 */
export interface GatewayCalls {
  /** Runs a call for its answer; nothing is written. @throws {ContractError} */
  evaluate(call: Call, signal: AbortSignal): Promise<CallResponse>
  /**
   * Runs a call, has it endorsed as its contract's policy wants, and signs the transaction; its timestamp is the call's.
   * @throws {ContractError}
   */
  endorse(call: Call, signal: AbortSignal): Promise<Endorsed>
  /**
   * Hands a transaction to the mempool; resolves once it is in, also where it was already.
   * @throws {RuleError} where it breaks a rule of the chain; {ContractError} `busy` where there is no room
   */
  submit(transaction: CallTransaction): Promise<void>
  /**
   * What became of a call, once it is in a block; waits for that as long as it takes. @throws {ContractError} where it comes
   * into none, or `stopping`
   */
  status(callId: string, signal: AbortSignal): Promise<CallStatus>
  /**
   * Events of past and coming blocks, without an end. A block is read when it is asked for, so a slow reader costs no
   * memory. After a change of branch the blocks of the new branch follow from where it parts: heights may fall.
   */
  events(wanted: EventsWanted): AsyncIterable<BlockEvents>
  /** Whether a call of this id is in the chain, whatever became of it. */
  hasCall(callId: string): boolean
  /** Of the last block; -1 before block 0. */
  height(): number
}
