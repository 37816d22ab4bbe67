/** Timers and a clock that nobody sets. */
export interface Timers {
  /** Milliseconds from whenever it likes, never backwards. */
  monotonicMs(): number
  /** Runs `action` once after `ms`; the result calls it off. */
  after(ms: number, action: () => void): () => void
}

/** Longer waits are cut into such ones: timers take no more, and the clock on the wall may be set meanwhile. */
const LONGEST_WAIT_MS = 60_000

/** Rings once at the earliest time it was set to. */
export class Alarm {
  readonly #timers: Timers
  readonly #ring: () => void
  #atMs = Infinity
  #cancel: (() => void) | undefined

  constructor(timers: Timers, ring: () => void) {
    this.#timers = timers
    this.#ring = ring
  }

  /** By the monotonic clock. */
  set(atMs: number): void {
    if (atMs >= this.#atMs) return
    this.#cancel?.()
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(0, Math.ceil(atMs - this.#timers.monotonicMs())))
    this.#atMs = atMs
    this.#cancel = this.#timers.after(waitMs, () => {
      this.off()
      this.#ring()
    })
  }

  off(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#atMs = Infinity
  }
}
