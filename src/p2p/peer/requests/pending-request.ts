import type { Clock } from '../../clock.js'
import { RequestTimeoutError } from '../../errors.js'

export interface PendingRequestOptions {
  /** For people: what was asked for. */
  readonly what: string
  readonly clock: Clock
  /** From the last sign of life of the answer. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** An answer that is waited for: it comes, or an error does, whichever is first. */
export class PendingRequest<T> {
  readonly promise: Promise<T>
  #resolve!: (value: T) => void
  #reject!: (error: Error) => void
  #cancelTimer: () => void = () => undefined
  #settled = false
  #onSettled: (() => void)[] = []

  constructor(private readonly options: PendingRequestOptions) {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // Whoever asked looks at the promise itself; nobody has to.
    this.promise.catch(() => undefined)
    this.progress()
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal?.aborted === true) this.#onAbort()
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Acts once, when it is over in whatever way; at once if it is. */
  whenSettled(act: () => void): void {
    if (this.#settled) act()
    else this.#onSettled.push(act)
  }

  resolve(value: T): void {
    if (this.#settle()) this.#resolve(value)
  }

  reject(error: Error): void {
    if (this.#settle()) this.#reject(error)
  }

  /** Like `reject`, with whatever was thrown. */
  fail(error: unknown): void {
    this.reject(error instanceof Error ? error : new Error(String(error)))
  }

  /** A part of the answer came: the time starts anew. */
  progress(): void {
    if (this.#settled) return
    const { clock, timeoutMs, what } = this.options
    this.#cancelTimer()
    this.#cancelTimer = clock.after(timeoutMs, () =>
      this.reject(new RequestTimeoutError(`no answer to ${what} in ${timeoutMs} ms`)),
    )
  }

  /** What comes next is not up to the peer: the time stands still until {@link progress}. */
  pause(): void {
    this.#cancelTimer()
  }

  readonly #onAbort = (): void => this.fail(this.options.signal?.reason)

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#cancelTimer()
    this.options.signal?.removeEventListener('abort', this.#onAbort)
    for (const act of this.#onSettled) act()
    return true
  }
}
