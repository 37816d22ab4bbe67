/** A call of a handler. */
export type Call = () => void | Promise<void>

/** Calls handlers one after the other, and remembers when one failed. */
export class Delivery {
  #pending: Promise<void> | undefined
  #isClosed = false
  #failure: { readonly error: unknown } | undefined

  /** A handler has not resolved yet. */
  get isBusy(): boolean {
    return this.#pending !== undefined
  }

  /**
   * Makes the calls in turn; `done` when the last has resolved or one has failed. Only while not busy.
   * @throws what a handler throws at once
   */
  start(calls: readonly Call[], done: () => void): void {
    const pending = this.#inTurn(calls)
    if (!pending) {
      done()
      return
    }
    this.#pending = pending
      .catch((error: unknown) => {
        this.#failure = { error }
      })
      .then(() => {
        this.#pending = undefined
        done()
      })
  }

  /** No call is made any more. Resolves when the one under way is over, however it ends. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pending
  }

  /** Resolves when no handler is at work. @throws what a handler failed of */
  async idle(): Promise<void> {
    await this.#pending
    if (this.#failure) throw this.#failure.error
  }

  #inTurn(calls: readonly Call[]): Promise<void> | undefined {
    for (const [i, call] of calls.entries()) {
      if (this.#isClosed) return undefined
      const pending: unknown = call()
      if (isThenable(pending)) return Promise.resolve(pending).then(() => this.#inTurn(calls.slice(i + 1)))
    }
    return undefined
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function'
}
