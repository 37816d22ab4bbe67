import { ApiError } from '../../api/errors.js'
import type { InvokeParams } from '../../api/ports/contracts.js'
import type { CallParams, CallPlace, Evaluated, Invoked, Wait } from '../../api/schemas/contract.js'
import { messageOf } from '../../base/errors.js'
import { VALIDATION_CODE } from '../../ledger/validation-code.js'
import type { Call, CallResponse } from '../call.js'
import type { CallTransaction, Endorsed } from '../gateway/gateway-calls.js'
import { bytesJson } from './bytes-json.js'
import { CallArguments } from './call-arguments.js'
import { apiErrorOf } from './call-errors.js'
import type { PlacedTransaction } from './call-chain.js'
import { codeName, placed, reasonFor, unplaced } from './call-place.js'
import { FIRST_REFUSAL } from './call-transaction.js'
import { type Conflicts, isConflict } from './conflicts.js'
import type { ContractCalls } from './contract-calls.js'
import { type ContractMetadata, GET_METADATA, readMetadata } from './contract-metadata.js'
import type { LocalCallers } from './local-callers.js'

export interface CallRunnerOptions {
  readonly calls: ContractCalls
  readonly callers: LocalCallers
  readonly conflicts: Conflicts
  readonly timeoutMs: number
  /** Tells one connection of a contract's process from the next; undefined while there is none. */
  readonly connection: (contract: string) => string | undefined
}

/** What a contract said of itself over one connection; a refusal is an answer, too: low-level contracts have no metadata. */
interface KnownMetadata {
  readonly connection: string | undefined
  readonly answer: { readonly json: unknown; readonly metadata: ContractMetadata | undefined } | ApiError
}

interface Waiting {
  readonly wait?: Wait
  readonly timeout?: number
}

type Place = Omit<CallPlace, 'reason' | 'conflict'>

/** Contracts whose metadata are kept. */
const MAX_METADATA = 1000

/** Runs calls for callers that have no key of their own here, and waits for them as they wish. */
export class CallRunner {
  readonly #options: CallRunnerOptions
  readonly #arguments = new CallArguments()
  readonly #metadata = new Map<string, KnownMetadata>()
  /** All that want them at once share one call: anybody may ask. */
  readonly #asking = new Map<string, Promise<KnownMetadata>>()

  constructor(options: CallRunnerOptions) {
    this.#options = options
  }

  /** What the contract says of itself. @throws {ApiError} */
  async metadata(contract: string): Promise<unknown> {
    const { answer } = await this.#metadataOf(contract)
    if (answer instanceof ApiError) throw answer
    return answer.json
  }

  async evaluate(params: CallParams): Promise<Evaluated> {
    const call = await this.#callFor(params, false)
    const response = await this.#answer(
      this.#options.calls.evaluate(call, AbortSignal.timeout(this.#options.timeoutMs)),
      call,
    )
    return { call_id: call.callId, response: responseJson(response) }
  }

  async invoke(params: InvokeParams): Promise<Invoked> {
    const { retries = 0 } = params
    const signal = AbortSignal.timeout(this.#timeoutMs(params))
    for (let attempts = 1; ; attempts++) {
      const call = await this.#callFor(params, params.is_init ?? false)
      const { response, transaction } = await this.#endorsed(call, signal)
      const answer = { response: responseJson(response), attempts }
      if (params.wait === 'none') {
        this.#submitLater(transaction)
        return { ...unplaced(call.callId, undefined), transaction_id: transaction.id, ...answer }
      }
      await this.#submitted(transaction)
      try {
        return { ...(await this.settle(transaction, params, signal)), ...answer }
      } catch (error) {
        const isConflicting = error instanceof ApiError && error.code === 'CALL_CONFLICT'
        if (!isConflicting || attempts > retries || signal.aborted) throw error
      }
    }
  }

  /** Waits for a transaction that was submitted, as its caller wishes. @throws {ApiError} where it is not valid, or not in time */
  async settle(
    transaction: CallTransaction,
    params: Waiting,
    signal = AbortSignal.timeout(this.#timeoutMs(params)),
  ): Promise<Place> {
    const { callId } = transaction.payload
    if (params.wait !== undefined && params.wait !== 'committed') return unplaced(callId, transaction.id)
    try {
      const found = await this.#options.calls.board.untilPlaced(callId, signal)
      this.#requireValid(callId, found)
      return placed(callId, found)
    } catch (error) {
      const details = { call_id: callId, transaction_id: transaction.id }
      if (!signal.aborted || error instanceof ApiError) throw apiErrorOf(error, details)
      const text = 'the call was run and its transaction waits for a block; it may still come into one'
      throw new ApiError('CALL_TIMEOUT', text, { ...details, status: 'pending' })
    }
  }

  async #callFor(params: CallParams, isInit: boolean): Promise<Call> {
    const { contract, function: name, args = [], transient = {}, identity } = params
    const { answer } = await this.#metadataOf(contract)
    const metadata = answer instanceof ApiError ? undefined : answer.metadata
    const encoded = this.#arguments.encode(name, args, metadata)
    return this.#options.callers.call({
      contract,
      args: [Buffer.from(name), ...encoded],
      isInit,
      transient: new Map(Object.entries(transient).map(([key, value]) => [key, transientBytes(value)])),
      identity,
    })
  }

  async #endorsed(
    call: Call,
    signal: AbortSignal,
  ): Promise<Endorsed & { readonly transaction: CallTransaction }> {
    const endorsing = this.#options.calls.endorse(call, signal)
    await this.#answer(
      endorsing.then(({ response }) => response),
      call,
    )
    const { response, transaction } = await endorsing
    if (!transaction) throw refusedBy(call, response)
    return { response, transaction }
  }

  /** @throws {ApiError} where the contract refused or gave no answer */
  async #answer(answering: Promise<CallResponse>, call: Call): Promise<CallResponse> {
    try {
      const response = await answering
      if (response.status >= FIRST_REFUSAL) throw refusedBy(call, response)
      return response
    } catch (error) {
      const details = { call_id: call.callId }
      if (!isTimeout(error)) throw apiErrorOf(error, details)
      const text = 'the contract gave no answer in time; nothing was written'
      throw new ApiError('CALL_TIMEOUT', text, { ...details, status: 'running' })
    }
  }

  async #submitted(transaction: CallTransaction): Promise<void> {
    try {
      await this.#options.calls.submit(transaction)
    } catch (error) {
      throw apiErrorOf(error, { call_id: transaction.payload.callId })
    }
  }

  /** For a caller that does not wait: a failure is told to those who ask for the call. */
  #submitLater(transaction: CallTransaction): void {
    const { calls } = this.#options
    calls
      .submit(transaction)
      .catch((error: unknown) => calls.board.fail(transaction.payload.callId, messageOf(error)))
  }

  #requireValid(callId: string, found: PlacedTransaction): void {
    const { code, height, index } = found.place
    if (code === VALIDATION_CODE.VALID) return
    const { conflicts } = this.#options
    const conflict = conflicts.of(found.transactionId)
    const details = {
      call_id: callId,
      transaction_id: found.transactionId,
      height,
      index,
      code,
      code_name: codeName(code),
      ...(conflict ? { conflict } : {}),
    }
    const text = `${codeName(code)}: ${reasonFor(found, conflicts) ?? ''}`
    throw new ApiError(isConflict(code) ? 'CALL_CONFLICT' : 'CALL_INVALID', text, details)
  }

  async #metadataOf(contract: string): Promise<KnownMetadata> {
    const { connection } = this.#options
    const known = this.#metadata.get(contract)
    if (known && known.connection === connection(contract)) return known
    const asking =
      this.#asking.get(contract) ??
      this.#ask(contract).finally(() => {
        this.#asking.delete(contract)
      })
    this.#asking.set(contract, asking)
    return asking
  }

  async #ask(contract: string): Promise<KnownMetadata> {
    const { connection } = this.#options
    const answer = await this.#askForMetadata(contract)
    // Asked for after the answer: the call may have dialled the contract.
    const found = { connection: connection(contract), answer }
    if (found.connection !== undefined) this.#keep(contract, found)
    return found
  }

  /** @throws {ApiError} where no call would get further: the contract is not connected, or hangs */
  async #askForMetadata(contract: string): Promise<KnownMetadata['answer']> {
    const order = { contract, args: [Buffer.from(GET_METADATA)], isInit: false, transient: new Map() }
    const call = await this.#options.callers.call({ ...order, identity: undefined })
    const signal = AbortSignal.timeout(this.#options.timeoutMs)
    try {
      const { payload } = await this.#answer(this.#options.calls.evaluate(call, signal), call)
      const json = bytesJson(payload).json ?? null
      return { json, metadata: readMetadata(json) }
    } catch (error) {
      const isAnswer =
        error instanceof ApiError && (error.code === 'CALL_FAILED' || error.code === 'CALL_REFUSED')
      if (isAnswer) return error
      throw error
    }
  }

  #keep(contract: string, found: KnownMetadata): void {
    this.#metadata.delete(contract)
    this.#metadata.set(contract, found)
    for (const oldest of this.#metadata.keys()) {
      if (this.#metadata.size <= MAX_METADATA) return
      this.#metadata.delete(oldest)
    }
  }

  #timeoutMs({ timeout }: Waiting): number {
    return timeout === undefined ? this.#options.timeoutMs : timeout * 1000
  }
}

function refusedBy({ callId }: Call, { status, message }: CallResponse): ApiError {
  return new ApiError('CALL_FAILED', message === '' ? `status ${status}` : message, {
    call_id: callId,
    status,
    message,
  })
}

function responseJson({ status, message, payload }: CallResponse) {
  return { status, message, payload: bytesJson(payload) }
}

function transientBytes(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}
