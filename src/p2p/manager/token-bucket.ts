import type { Clock } from '../clock.js'

/** Lets through what a steady rate allows; what is saved up is bounded. */
export class TokenBucket {
  #tokens: number
  #filledAt: number

  constructor(
    private readonly clock: Clock,
    private readonly tokensPerSecond: number,
    private readonly capacity: number,
    initial: number,
  ) {
    this.#tokens = initial
    this.#filledAt = clock.now()
  }

  /** Adds tokens at once, beyond the rate; never more than fit. */
  grant(tokens: number): void {
    this.#fill()
    this.#tokens = Math.min(this.#tokens + tokens, this.capacity)
  }

  /** Takes one token, if there is one. */
  take(): boolean {
    this.#fill()
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  #fill(): void {
    const now = this.clock.now()
    const earned = (Math.max(0, now - this.#filledAt) / 1000) * this.tokensPerSecond
    this.#filledAt = now
    this.#tokens = Math.min(this.#tokens + earned, this.capacity)
  }
}
