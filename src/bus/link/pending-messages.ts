import { BusError, busError } from '../bus-error.js'
import type { Clock } from '../../time/clock.js'
import type { Response } from '../wire/message.js'
import { isObject } from '../wire/read-scalar.js'
import { ResultCollector, type Results } from './result-collector.js'

/** An answer to a subscription. */
export interface Update {
  readonly results: Results
  /** Which event it tells of, from peers that name events; hand it back to get what came after it. */
  readonly event: string | undefined
  /** Events were lost before this one. */
  readonly missedEvents: boolean
}

/** Who waits for the answers to one message. */
export interface Waiting {
  readonly methods: readonly string[]
  /** Given up after this time without an answer. */
  readonly timeoutMs: number
  /** Present for subscriptions: gets every answer after the first too. */
  readonly onUpdate?: (update: Update) => void
  /** Subscriptions only: a later answer was a failure, or no more will come. */
  readonly onFailure?: (error: BusError) => void
  /** Present where the one result is wanted as text; `resolve` gets it where it has to be read to be found. */
  readonly resolveText?: (text: string) => void
  /** The first answer. */
  readonly resolve: (results: Results) => void
  readonly reject: (error: BusError) => void
}

interface Entry {
  readonly waiting: Waiting
  readonly collector: ResultCollector
  stopTimer: () => void
  isAnswered: boolean
  lastResponseMs: number | undefined
}

/** Messages sent on one connection whose answers are still to come. Each settles exactly once. */
export class PendingMessages {
  readonly #entries = new Map<string, Entry>()
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#entries.size
  }

  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /** When the last answer to the message came; undefined when none did. */
  lastResponseMs(id: string): number | undefined {
    return this.#entries.get(id)?.lastResponseMs
  }

  add(id: string, waiting: Waiting): void {
    const stopTimer = this.#clock.after(waiting.timeoutMs, () => this.fail(id, busError('TIMEOUT')))
    this.#entries.set(id, {
      waiting,
      collector: new ResultCollector(waiting.methods),
      stopTimer,
      isAnswered: false,
      lastResponseMs: undefined,
    })
  }

  /** Whether anybody waited for it. */
  answered(response: Response): boolean {
    const entry = this.#entries.get(response.requestId)
    if (!entry) return false
    entry.lastResponseMs = this.#clock.now()
    if (response.isSuccess) this.#succeeded(response, entry)
    else this.#failed(response, entry)
    return true
  }

  /** Settles with an error and forgets. */
  fail(id: string, error: BusError): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.forget(id)
    if (entry.isAnswered) entry.waiting.onFailure?.(error)
    else entry.waiting.reject(error)
  }

  failAll(error: () => BusError): void {
    for (const id of [...this.#entries.keys()]) this.fail(id, error())
  }

  /** Nobody waits any more. */
  forget(id: string): void {
    this.#entries.get(id)?.stopTimer()
    this.#entries.delete(id)
  }

  #succeeded(response: Response, entry: Entry): void {
    const { methods, resolveText } = entry.waiting
    if (resolveText && response.only && response.only.method === methods[0]) {
      this.forget(response.requestId)
      resolveText(response.only.text)
      return
    }
    const results = entry.collector.add(response.data)
    if (!results) return
    const isFirst = !entry.isAnswered
    entry.isAnswered = true
    entry.stopTimer()
    if (!entry.waiting.onUpdate) this.forget(response.requestId)
    if (isFirst) entry.waiting.resolve(results)
    entry.waiting.onUpdate?.({ results, event: response.event, missedEvents: response.missedEvents })
  }

  #failed(response: Response, entry: Entry): void {
    const error = errorOf(response, entry.waiting.methods)
    if (entry.isAnswered) entry.waiting.onFailure?.(error)
    else this.fail(response.requestId, error)
  }
}

function errorOf({ errorCode, comment, status, data }: Response, methods: readonly string[]): BusError {
  const code = errorCode === '' ? 'EXECUTION_FAILED' : errorCode
  const [only = ''] = methods
  const isNamed = methods.length === 1 && isObject(data) && Object.hasOwn(data, only)
  return new BusError(code, comment, status === 0 ? 1 : status, isNamed ? data[only] : data)
}
