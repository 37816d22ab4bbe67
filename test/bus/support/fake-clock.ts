import type { Clock } from '../../../src/time/clock.js'

interface Alarm {
  readonly dueMs: number
  readonly action: () => void
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs: number
  readonly #alarms = new Set<Alarm>()

  constructor(startMs = 1_700_000_000_000) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  after(ms: number, action: () => void): () => void {
    const alarm = { dueMs: this.#nowMs + ms, action }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** How many alarms are set for within this time. */
  waiting(withinMs: number): number {
    return [...this.#alarms].filter(({ dueMs }) => dueMs <= this.#nowMs + withinMs).length
  }

  /** So much time is gone at once, as when the machine slept: what fell due rings after it, once. */
  sleepThrough(ms: number): void {
    const due = [...this.#alarms].filter(({ dueMs }) => dueMs <= this.#nowMs + ms)
    this.#nowMs += ms
    for (const alarm of due) if (this.#alarms.delete(alarm)) alarm.action()
  }

  /** Moves time on; alarms ring in their order, each at its time. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const due = [...this.#alarms].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
      if (!due) break
      this.#alarms.delete(due)
      this.#nowMs = Math.max(this.#nowMs, due.dueMs)
      due.action()
    }
    this.#nowMs = endMs
  }
}
