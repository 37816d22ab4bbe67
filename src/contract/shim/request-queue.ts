import type { ChaincodeAdditionalParams } from '../wire/fabric.js'
import {
  ChaincodeMessageType,
  GetStateMultiple,
  GetStateMultipleResult,
  WriteBatchState,
} from '../wire/fabric.js'
import type { Request } from './request.js'
import { NO_BYTES } from './bytes.js'

const { RESPONSE, ERROR, WRITE_BATCH_STATE, GET_STATE_MULTIPLE } = ChaincodeMessageType

/** A batch is sent when it has this many bytes, too, far below what a message may have. */
const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** What the node says it takes at once; 1: one by one. */
export interface BatchSizes {
  readonly writes: number
  readonly reads: number
}

/** As the message READY tells; a node that says nothing takes one by one. */
export function batchSizes(params: ChaincodeAdditionalParams): BatchSizes {
  return {
    writes: params.useWriteBatch ? Math.max(params.maxSizeWriteBatch, 1) : 1,
    reads: params.useGetMultipleKeys ? Math.max(params.maxSizeGetMultipleKeys, 1) : 1,
  }
}

/**
 * The requests of one transaction. Nodes take one after the other: the answers do not say what they answer. What was asked
 * in one go goes in one message where the node takes that: writes with writes, reads with reads.
 */
export class RequestQueue {
  readonly #send: (type: number, payload: Uint8Array) => void
  readonly #sizes: BatchSizes
  readonly #waiting: Request[] = []
  #sent: readonly Request[] = []
  #isScheduled = false
  #ended: string | undefined

  constructor(send: (type: number, payload: Uint8Array) => void, sizes: BatchSizes) {
    this.#send = send
    this.#sizes = sizes
  }

  ask(request: Request): void {
    if (this.#ended !== undefined) {
      request.reject(new Error(this.#ended))
      return
    }
    this.#waiting.push(request)
    this.#schedule()
  }

  /** Takes an answer of the node; one that nobody asked for has no effect. */
  answer(type: number, payload: Uint8Array): void {
    const sent = this.#sent
    if (sent.length === 0) return
    this.#sent = []
    if (type === RESPONSE) settle(sent, payload)
    else this.#refuse(sent, type, payload)
    this.#schedule()
  }

  /** Whatever waits, and comes yet, is rejected: nobody would answer it. */
  end(reason: string): void {
    this.#ended = reason
    const left = [...this.#sent, ...this.#waiting.splice(0)]
    this.#sent = []
    for (const request of left) request.reject(new Error(reason))
  }

  #refuse(sent: readonly Request[], type: number, payload: Uint8Array): void {
    if (sent.length > 1) {
      for (const request of sent) request.isAlone = true
      this.#waiting.unshift(...sent)
      return
    }
    const text =
      type === ERROR
        ? Buffer.from(payload).toString()
        : `Received incorrect chaincode message: type="${type}", expecting "RESPONSE"`
    sent[0]?.reject(new Error(text))
  }

  /** Later in this turn of the event loop: so what is asked together is known together. */
  #schedule(): void {
    if (this.#isScheduled || this.#sent.length > 0 || this.#waiting.length === 0) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      if (this.#sent.length === 0) this.#sendNext()
    })
  }

  #sendNext(): void {
    const [first] = this.#waiting
    if (!first) return
    const count = this.#countTogether(first)
    this.#sent = this.#waiting.splice(0, count)
    const [type, payload] = message(first, this.#sent)
    this.#send(type, payload)
  }

  /** How many of those that wait can go with the first. */
  #countTogether(first: Request): number {
    const max = first.write ? this.#sizes.writes : first.read ? this.#sizes.reads : 1
    let bytes = 0
    let count = 0
    for (const request of this.#waiting) {
      if (count >= max || !areAlike(first, request)) break
      bytes += request.write?.value.length ?? 0
      if (count > 0 && (bytes > MAX_BATCH_BYTES || request.isAlone || first.isAlone)) break
      count++
    }
    return Math.max(count, 1)
  }
}

function areAlike(first: Request, other: Request): boolean {
  if (first.write) return other.write !== undefined
  return other.read !== undefined && first.read?.collection === other.read.collection
}

function message(first: Request, together: readonly Request[]): readonly [number, Uint8Array] {
  if (together.length === 1) return [first.type, first.encode()]
  if (first.write) {
    const rec = together.flatMap(({ write }) => write ?? [])
    return [WRITE_BATCH_STATE, WriteBatchState.encode({ rec })]
  }
  const keys = together.map(({ read }) => read?.key ?? '')
  return [GET_STATE_MULTIPLE, GetStateMultiple.encode({ keys, collection: first.read?.collection ?? '' })]
}

function settle(sent: readonly Request[], payload: Uint8Array): void {
  const [first] = sent
  if (sent.length === 1 || first?.write) {
    for (const request of sent) request.resolve(payload)
    return
  }
  let values: readonly Uint8Array[]
  try {
    ;({ values } = GetStateMultipleResult.decode(payload))
  } catch (error) {
    for (const request of sent) request.reject(error as Error)
    return
  }
  sent.forEach((request, index) => request.resolve(values[index] ?? NO_BYTES))
}
