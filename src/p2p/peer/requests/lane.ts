import type { PendingRequest } from './pending-request.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

/** Asks one thing at a time, because the answers do not say what they answer. */
export class Lane<T> {
  #current: PendingRequest<T> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(private readonly ledger: RequestLedger) {}

  /** What is waited for now. */
  get current(): PendingRequest<T> | undefined {
    return this.#current
  }

  /** Calls `send` when all before are over; the time runs from then on. */
  ask(what: string, options: RequestOptions, send: () => Promise<void>): Promise<T> {
    const request = this.ledger.open<T>(what, options)
    request.pause()
    request.whenSettled(() => {
      if (this.#current === request) this.#current = undefined
    })
    this.#last = this.#last.then(async () => {
      if (request.settled) return
      this.#current = request
      request.progress()
      send().catch((error: unknown) => request.fail(error))
      await request.promise.catch(() => undefined)
    })
    return request.promise
  }
}
