import { EventEmitter, once } from 'node:events'
import type { Sleep } from '../../src/time/sleep.js'
import { TestClock } from '../support/chain.js'

interface Sleeper {
  readonly ms: number
  readonly dueMs: number
  readonly wake: () => void
}

/** A clock that tests move, and sleepers that wake by it. */
export class FakeTime extends TestClock {
  readonly #changes = new EventEmitter()
  readonly #sleepers = new Set<Sleeper>()

  readonly sleep: Sleep = (ms, signal) => {
    if (signal.aborted || ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { ms, dueMs: this.nowMs + ms, wake }
      signal.addEventListener('abort', wake)
      this.#sleepers.add(sleeper)
      this.#changes.emit('change')
    })
  }

  /** Waits until somebody sleeps for exactly `ms`. */
  async sleeping(ms: number): Promise<void> {
    while (!this.isSleeping(ms)) await once(this.#changes, 'change')
  }

  isSleeping(ms: number): boolean {
    return [...this.#sleepers].some((sleeper) => sleeper.ms === ms)
  }

  /** Moves the clock and wakes whoever is due. */
  advance(ms: number): void {
    this.nowMs += ms
    for (const { dueMs, wake } of this.#sleepers) if (dueMs <= this.nowMs) wake()
  }
}
