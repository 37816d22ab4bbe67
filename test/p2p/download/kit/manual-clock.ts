import type { DownloadClock } from '../../../../src/p2p/download/download-blocks.js'

/** Time that goes on when told to. */
export class ManualClock implements DownloadClock {
  #nowMs = 0
  readonly #timers = new Set<{ readonly atMs: number; readonly action: () => void }>()

  get timers(): number {
    return this.#timers.size
  }

  now(): number {
    return this.#nowMs
  }

  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, action }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** So much time is gone at once, as when the process was kept busy. Runs what fell due, and nothing that this sets. */
  jump(ms: number): void {
    this.#nowMs += ms
    this.#runDue()
  }

  /** Runs what falls due, and lets promises settle after each step of a second. */
  async advance(ms: number): Promise<void> {
    for (const endMs = this.#nowMs + ms; this.#nowMs < endMs;) {
      this.#nowMs = Math.min(endMs, this.#nowMs + 1000)
      this.#runDue()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #runDue(): void {
    for (const timer of [...this.#timers])
      if (timer.atMs <= this.#nowMs && this.#timers.delete(timer)) timer.action()
  }
}
