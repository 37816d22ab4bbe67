import type { PendingRequest } from './pending-request.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

interface Question<T> {
  readonly request: PendingRequest<T>
  readonly send: () => Promise<void>
}

/** Asks one thing at a time, because the answers do not say what they answer. */
export class Lane<T> {
  #current: PendingRequest<T> | undefined
  readonly #waiting: Question<T>[] = []

  constructor(private readonly ledger: RequestLedger) {}

  /** What is waited for now. */
  get current(): PendingRequest<T> | undefined {
    return this.#current
  }

  /** Calls `send` when all before are over, at once if they are; the time runs from then on. */
  ask(what: string, options: RequestOptions, send: () => Promise<void>): Promise<T> {
    const request = this.ledger.open<T>(what, options)
    request.pause()
    this.#waiting.push({ request, send })
    this.#sendNext()
    return request.promise
  }

  #sendNext(): void {
    while (this.#current === undefined) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      if (!next.request.settled) this.#send(next)
    }
  }

  #send({ request, send }: Question<T>): void {
    this.#current = request
    request.whenSettled(() => {
      this.#current = undefined
      this.#sendNext()
    })
    request.progress()
    send().catch((error: unknown) => request.fail(error))
  }
}
