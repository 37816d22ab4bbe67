import { ContractError } from '../contract-error.js'
import type { SteppedStateRequests } from '../simulation/state-requests.js'
import type { ChaincodeMessage, Response } from '../wire/fabric.js'

/** A call for one contract process, as it goes over the stream. */
export interface ContractTask {
  readonly channelId: string
  readonly txid: string
  readonly isInit: boolean
  /** An encoded ChaincodeInput. */
  readonly input: Uint8Array
  /** An encoded SignedProposal. */
  readonly signedProposal: Uint8Array
  /** Answers what the contract asks of the state. */
  readonly requests: SteppedStateRequests
  /**
   * Calls another contract (an encoded ChaincodeSpec) and gives its answer (an encoded ChaincodeMessage). The error's
   * message is what the asking contract is told. When the signal aborts, nobody waits for the answer any more.
   */
  invoke(spec: Uint8Array, signal: AbortSignal): Promise<Uint8Array>
}

/** What a contract process made of a call. */
export interface ContractAnswer {
  /** Undefined: it answered ERROR, with a text as payload. */
  readonly response: Response | undefined
  readonly payload: Uint8Array
  readonly event: { readonly name: string; readonly payload: Uint8Array } | undefined
}

/** A call that a contract process is working on. */
export class OpenCall {
  readonly task: ContractTask
  readonly resolve: (answer: ContractAnswer) => void
  readonly reject: (error: Error) => void
  /** Set while an answer takes its time: a query over many keys, or another contract at work for this call. */
  working: AbortController | undefined
  /** Requests that came meanwhile. */
  readonly waiting: ChaincodeMessage[] = []

  readonly #signal: AbortSignal
  readonly #onAbort: () => void

  /** `giveUp` is called when the signal aborts before the call is stopped. */
  constructor(
    task: ContractTask,
    resolve: (answer: ContractAnswer) => void,
    reject: (error: Error) => void,
    signal: AbortSignal,
    giveUp: (call: OpenCall, error: Error) => void,
  ) {
    this.task = task
    this.resolve = resolve
    this.reject = reject
    this.#signal = signal
    this.#onAbort = () => giveUp(this, signal.reason as Error)
    signal.addEventListener('abort', this.#onAbort)
  }

  /** Bytes that {@link waiting} holds. */
  get waitingBytes(): number {
    return this.waiting.reduce((sum, { payload }) => sum + payload.length, 0)
  }

  /** Nothing is done for this call any more. */
  stop(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.working?.abort(new ContractError('bad-call', 'the contract that asked for this call has ended'))
    this.waiting.length = 0
  }
}
