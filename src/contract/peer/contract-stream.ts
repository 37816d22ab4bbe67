import { BoundedSet } from '../../base/bounded-set.js'
import { inSlices } from '../../time/in-slices.js'
import { ContractError } from '../contract-error.js'
import {
  ChaincodeAdditionalParams,
  type ChaincodeMessage,
  ChaincodeMessageType as Type,
  SignedProposal,
} from '../wire/fabric.js'
import type { ContractLine, Refusal } from './contract-line.js'
import { answerIn, causeOf, isRefusal, keyOf, nameIn, refusalOfName, terminated } from './contract-message.js'
import { messageName } from './message-names.js'
import { type ContractAnswer, type ContractTask, OpenCall } from './open-call.js'
import type { ContractPeerSettings } from './settings.js'
import { QUERY_ANSWERS, STATE_ANSWERS } from './state-answers.js'

/** Keeps the names of contract processes. */
export interface Registrar {
  /** Takes the name for the stream, or says why not. */
  admit(id: string, stream: ContractStream): Refusal | undefined
  /** The contract has been told that it is registered: it may be called. */
  ready(stream: ContractStream): void
  /** The stream is over; it may never have had a name. `reason` is for people. */
  gone(stream: ContractStream, reason: string): void
}

type Limits = Pick<
  ContractPeerSettings,
  'timeoutMs' | 'registerTimeoutMs' | 'requestsAtOnce' | 'pendingBytes'
>

/** What READY says: the contract may write and read many keys in one request. */
const READY_PARAMS = ChaincodeAdditionalParams.encode({
  useWriteBatch: true,
  maxSizeWriteBatch: 1000,
  useGetMultipleKeys: true,
  maxSizeGetMultipleKeys: 1000,
})

/** Calls given up on one stream whose late answers are still waited for, so that they are not taken for those of another call. */
const MAX_GIVEN_UP = 1000

/**
 * The node's side of the conversation with one contract process: REGISTER, REGISTERED and READY, then any number of calls at
 * once, told apart by channel and transaction id. Requests of one call are answered in the order they came.
 */
export class ContractStream {
  readonly #line: ContractLine
  readonly #registrar: Registrar
  readonly #limits: Limits
  readonly #calls = new Map<string, OpenCall>()
  readonly #givenUp = new BoundedSet(MAX_GIVEN_UP)
  readonly #registerTimer: NodeJS.Timeout
  #state: 'created' | 'ready' | 'ended' = 'created'
  #id = ''

  constructor(line: ContractLine, registrar: Registrar, limits: Limits) {
    this.#line = line
    this.#registrar = registrar
    this.#limits = limits
    this.#registerTimer = setTimeout(
      () => this.end({ kind: 'too-late', text: 'the contract did not register in time' }),
      limits.registerTimeoutMs,
    )
  }

  /** The id that the contract registered; '' before. */
  get id(): string {
    return this.#id
  }

  get address(): string {
    return this.#line.address
  }

  /** Whether the node dialled the contract, and not the other way round. */
  get isDialled(): boolean {
    return this.#line.expectedId !== undefined
  }

  get openCalls(): number {
    return this.#calls.size
  }

  /** Takes what the contract sent; the line gives messages in their order. */
  receive(message: ChaincodeMessage): void {
    if (this.#state === 'ended' || message.type === Type.KEEPALIVE) return
    if (this.#state === 'created') this.#receiveFirst(message)
    else if (message.type === Type.COMPLETED || message.type === Type.ERROR) this.#complete(message)
    else if (isRequest(message.type)) this.#request(message)
    else this.#endOutOfOrder(message)
  }

  /** The line is gone; `reason` is for people. */
  lost(reason: string): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#finish(reason)
  }

  /** Ends the stream from this side; calls under way fail. */
  end(refusal?: Refusal): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#line.end(refusal)
    this.#finish(refusal?.text ?? 'the node ended the stream')
  }

  /**
   * Has the contract work on a call. Aborting the signal gives the call up: a late answer is ignored then.
   * @throws {ContractError} bad-call, busy, or stream-lost; or what the signal was aborted with
   */
  run(task: ContractTask, signal: AbortSignal): Promise<ContractAnswer> {
    const key = keyOf(task)
    if (this.#state !== 'ready') return Promise.reject(terminated())
    if (this.#calls.has(key) || this.#givenUp.has(key)) {
      const text = `txid: ${task.txid}(${task.channelId}) exists`
      return Promise.reject(new ContractError('bad-call', text))
    }
    if (this.#line.pendingBytes > this.#limits.pendingBytes) {
      return Promise.reject(new ContractError('busy', 'the contract does not read what the node sends'))
    }
    return new Promise((resolve, reject) => {
      const giveUp = (call: OpenCall, error: Error): void => this.#giveUp(key, call, error)
      this.#calls.set(key, new OpenCall(task, resolve, reject, signal, giveUp))
      this.#line.send({
        type: task.isInit ? Type.INIT : Type.TRANSACTION,
        payload: task.input,
        txid: task.txid,
        channelId: task.channelId,
        proposal: SignedProposal.decode(task.signedProposal),
      })
    })
  }

  #receiveFirst(message: ChaincodeMessage): void {
    if (message.type !== Type.REGISTER) {
      this.#endOutOfOrder(message)
      return
    }
    const id = nameIn(message.payload)
    const refusal = refusalOfName(id, this.#line.expectedId) ?? this.#registrar.admit(id, this)
    if (refusal) {
      this.end(refusal)
      return
    }
    clearTimeout(this.#registerTimer)
    this.#id = id
    this.#line.send({ type: Type.REGISTERED })
    this.#line.send({ type: Type.READY, payload: READY_PARAMS })
    this.#state = 'ready'
    this.#registrar.ready(this)
  }

  #endOutOfOrder({ type, txid }: ChaincodeMessage): void {
    const text = `[${txid}] cannot handle message (${messageName(type)}) while in ${this.#state} state`
    this.end({ kind: 'out-of-order', text })
  }

  /** Answers for calls nobody waits for are ignored. */
  #complete(message: ChaincodeMessage): void {
    const key = keyOf(message)
    this.#givenUp.delete(key)
    const call = this.#calls.get(key)
    if (!call) return
    const answer = answerIn(message)
    if (!answer) {
      const text = `failed to unmarshal response for transaction ${message.txid}`
      this.end({ kind: 'invalid', text })
      return
    }
    this.#calls.delete(key)
    call.stop()
    call.resolve(answer)
  }

  #giveUp(key: string, call: OpenCall, error: Error): void {
    if (this.#calls.get(key) !== call) return
    this.#calls.delete(key)
    this.#givenUp.add(key)
    call.stop()
    call.reject(error)
  }

  #request(message: ChaincodeMessage): void {
    const call = this.#calls.get(keyOf(message))
    if (!call) this.#refuse(message, 'no ledger context')
    else if (call.working) this.#putAside(message, call)
    else this.#answer(message, call)
  }

  /** A Fabric peer drops a request that comes while another is open; here so many wait for their turn. */
  #putAside(message: ChaincodeMessage, call: OpenCall): void {
    const { requestsAtOnce, pendingBytes } = this.#limits
    if (call.waiting.length >= requestsAtOnce) return
    if (call.waitingBytes + message.payload.length <= pendingBytes) call.waiting.push(message)
  }

  #answer(message: ChaincodeMessage, call: OpenCall): void {
    const { task } = call
    const query = QUERY_ANSWERS.get(message.type)
    if (query) {
      const steps = query(task.requests.inSteps, message.payload)
      void this.#answerLater(message, call, () => inSlices(steps))
    } else if (message.type === Type.INVOKE_CHAINCODE) {
      void this.#answerLater(message, call, (signal) => task.invoke(message.payload, signal))
    } else {
      this.#answerNow(message, call)
    }
  }

  #answerNow(message: ChaincodeMessage, call: OpenCall): void {
    try {
      const payload = STATE_ANSWERS.get(message.type)?.(call.task.requests, message.payload)
      this.#respond(message, payload)
    } catch (error) {
      this.#refuseFor(error, message, call)
    }
  }

  /** Requests that come meanwhile are answered after this one. */
  async #answerLater(
    message: ChaincodeMessage,
    call: OpenCall,
    work: (signal: AbortSignal) => Promise<Uint8Array>,
  ): Promise<void> {
    const working = new AbortController()
    const { signal } = working
    call.working = working
    try {
      const payload = await work(signal)
      if (!signal.aborted) this.#respond(message, payload)
    } catch (error) {
      if (!signal.aborted) this.#refuseFor(error, message, call)
    }
    if (signal.aborted) return
    call.working = undefined
    this.#answerWaiting(call)
  }

  #answerWaiting(call: OpenCall): void {
    while (!call.working) {
      const message = call.waiting.shift()
      if (!message) return
      this.#answer(message, call)
    }
  }

  /** What is no refusal is our own bug: whoever made the call is told. */
  #refuseFor(error: unknown, message: ChaincodeMessage, call: OpenCall): void {
    this.#refuse(message, causeOf(error))
    if (isRefusal(error)) return
    this.#giveUp(keyOf(message), call, error instanceof Error ? error : new Error(String(error)))
  }

  #respond({ txid, channelId }: ChaincodeMessage, payload: Uint8Array | undefined): void {
    this.#line.send({ type: Type.RESPONSE, txid, channelId, ...(payload?.length ? { payload } : {}) })
  }

  #refuse({ type, txid, channelId }: ChaincodeMessage, cause: string): void {
    const text = `${messageName(type)} failed: transaction ID: ${txid}: ${cause}`
    this.#line.send({ type: Type.ERROR, txid, channelId, payload: Buffer.from(text) })
  }

  #finish(reason: string): void {
    clearTimeout(this.#registerTimer)
    const calls = [...this.#calls.values()]
    this.#calls.clear()
    for (const call of calls) {
      call.stop()
      call.reject(terminated())
    }
    this.#registrar.gone(this, reason)
  }
}

function isRequest(type: number): boolean {
  return type === Type.INVOKE_CHAINCODE || QUERY_ANSWERS.has(type) || STATE_ANSWERS.has(type)
}
