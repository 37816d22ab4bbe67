import type { Clock } from '../../../../src/p2p/clock.js'

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #now = 1_700_000_000_000
  #timers = new Set<{ at: number; action: () => void }>()

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#now
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.#now + ms, action }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Moves on, and lets each timer on the way do its work before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.action()
      await settle()
    }
    this.#now = end
  }

  #next(end: number): { at: number; action: () => void } | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }
}
