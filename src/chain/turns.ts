/** Runs jobs one after another, in the order they were asked for. A job that fails fails for its caller alone. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()
  /** Jobs that were asked for and have not ended. */
  #jobs = 0
  #isPaused = false

  take<T>(job: () => Promise<T> | T): Promise<T> {
    this.#jobs += 1
    const result = this.#last.then(job).finally(() => {
      this.#jobs -= 1
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Whether a job that ends at once may be done now without a turn: none is under way, or the one that is pauses. */
  get isFree(): boolean {
    return this.#jobs === 0 || this.#isPaused
  }

  /** For the job whose turn it is: while it waits for this, what it works on is as it was between two jobs. */
  async pause<T>(wait: () => Promise<T>): Promise<T> {
    this.#isPaused = true
    try {
      return await wait()
    } finally {
      this.#isPaused = false
    }
  }
}
