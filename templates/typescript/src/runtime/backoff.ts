/** A session counts as healthy when it stood so long after Welcome. */
export const HEALTHY_MS = 60_000

/** 2 ** 30 times any base is beyond every ceiling. */
const MAX_EXPONENT = 30

export interface BackoffSettings {
  readonly reconnectDelayMs: number
  readonly maxBackoffMs: number
  /** Failures in a row after which {@link Backoff.isExhausted}; 0: never. */
  readonly maxReconnectAttempts: number
}

/** How long to wait before the next connection. */
export class Backoff {
  readonly #settings: BackoffSettings
  readonly #random: () => number
  #attempts = 0

  /** `random`: from 0 to 1. */
  constructor(settings: BackoffSettings, random: () => number = Math.random) {
    this.#settings = settings
    this.#random = random
  }

  /** Tells that a session ended that stood so long after Welcome; 0 when there was none. */
  noteEnd(healthyMs: number): void {
    if (healthyMs >= HEALTHY_MS) this.#attempts = 0
  }

  /** Failures in a row, the last one included once {@link nextDelayMs} was asked. */
  get attempts(): number {
    return this.#attempts
  }

  get isExhausted(): boolean {
    const { maxReconnectAttempts } = this.#settings
    return maxReconnectAttempts > 0 && this.#attempts >= maxReconnectAttempts
  }

  /** Counts a failure. `isRefused`: only people can cure it, so the wait is the longest at once. */
  nextDelayMs(isRefused = false): number {
    const { reconnectDelayMs, maxBackoffMs } = this.#settings
    const exponential = reconnectDelayMs * 2 ** Math.min(this.#attempts, MAX_EXPONENT)
    this.#attempts += 1
    return (isRefused ? maxBackoffMs : Math.min(maxBackoffMs, exponential)) + this.jitterMs()
  }

  jitterMs(): number {
    return this.#random() * this.#settings.reconnectDelayMs
  }
}
