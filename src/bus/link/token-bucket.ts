/** Lets so many through in a second, and as many at once after a pause. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #now: () => number
  #tokens: number
  #refusals = 0
  #lastMs: number

  /** `perSecond` 0: no limit. `now`: milliseconds. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond
    this.#now = now
    this.#tokens = perSecond
    this.#lastMs = now()
  }

  /** Takes one if there is one. */
  take(): boolean {
    if (this.#perSecond === 0) return true
    const nowMs = this.#now()
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((nowMs - this.#lastMs) / 1000) * this.#perSecond)
    this.#lastMs = nowMs
    if (this.#tokens < 1) {
      this.#refusals += 1
      return false
    }
    this.#tokens -= 1
    this.#refusals = 0
    return true
  }

  /** Whether it goes on and on in spite of being refused. */
  get isFlooded(): boolean {
    return this.#refusals > 10 * this.#perSecond
  }
}
