import type { Clock } from '../../clock.js'
import { PendingRequest } from './pending-request.js'

/** How long to wait for an answer, and how to stop waiting. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a sign of the answer. */
  readonly timeoutMs?: number | undefined
}

/** Everything that was asked of one peer and is not answered yet: all of it fails when the peer leaves. */
export class RequestLedger {
  readonly #open = new Set<{ reject(error: Error): void }>()
  #closed: Error | undefined

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
  ) {}

  get size(): number {
    return this.#open.size
  }

  /** `what` is for people. What it gives may be over already. */
  open<T>(what: string, { signal, timeoutMs = this.timeoutMs }: RequestOptions): PendingRequest<T> {
    const request = new PendingRequest<T>({ what, clock: this.clock, timeoutMs, signal })
    if (this.#closed) request.reject(this.#closed)
    this.#open.add(request)
    request.whenSettled(() => this.#open.delete(request))
    return request
  }

  /** The peer has left. */
  close(error: Error): void {
    this.#closed = error
    for (const request of [...this.#open]) request.reject(error)
  }
}
