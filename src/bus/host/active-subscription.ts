import type { Clock } from '../../time/clock.js'
import type { Occurrence } from './offered-method.js'

export interface SubscriptionOptions {
  readonly everySeconds: number
  readonly maxQueued: number
  readonly clock: Clock
  /** Answers one occurrence; false ends the subscription. */
  readonly answer: (occurrence: Occurrence) => Promise<boolean>
  /** A reading too slow for a periodic answer: it is left out, for the next one tells more. */
  readonly isBusy: () => boolean
  /** More occurrences wait than may. */
  readonly onOverflow: () => void
}

/** Answers one request again and again, one answer at a time, in the order of the occurrences. */
export class ActiveSubscription {
  readonly #options: SubscriptionOptions
  readonly #queue: Occurrence[] = []
  #isAnswering = false
  #isStopped = false
  #stopTimer: () => void = () => undefined
  #stopWatching: () => void = () => undefined

  constructor(options: SubscriptionOptions) {
    this.#options = options
  }

  /** Answers `start` at once. `stopWatching` ends what brings the occurrences. */
  begin(start: readonly Occurrence[], stopWatching: () => void): void {
    this.#stopWatching = stopWatching
    this.#queue.unshift(...start)
    if (this.#options.everySeconds > 0) this.#schedule(this.#options.clock.now(), 1)
    void this.#drain()
  }

  /** Something happened that wants an answer. */
  occurred(occurrence: Occurrence): void {
    if (this.#isStopped) return
    this.#queue.push(occurrence)
    if (this.#queue.length > this.#options.maxQueued) this.#options.onOverflow()
    else void this.#drain()
  }

  stop(): void {
    this.#isStopped = true
    this.#queue.length = 0
    this.#stopTimer()
    this.#stopWatching()
  }

  /** The times follow from the start, so that they do not drift; those that were slept through are left out. */
  #schedule(startMs: number, count: number): void {
    const { clock, everySeconds, isBusy } = this.#options
    const periodMs = everySeconds * 1000
    const due = startMs + count * periodMs
    this.#stopTimer = clock.after(Math.max(0, due - clock.now()), () => {
      const next = Math.max(count + 1, Math.floor((clock.now() - startMs) / periodMs) + 1)
      this.#schedule(startMs, next)
      if (!isBusy() && this.#queue.length === 0) this.occurred({})
    })
  }

  async #drain(): Promise<void> {
    if (this.#isAnswering) return
    this.#isAnswering = true
    for (let next = this.#queue.shift(); next && !this.#isStopped; next = this.#queue.shift()) {
      if (!(await this.#options.answer(next))) this.stop()
    }
    this.#isAnswering = false
  }
}
