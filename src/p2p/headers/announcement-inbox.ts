import type { Announcement } from './headers-source.js'

/** Announcements that wait; what comes after them tells the same and more. */
const MAX_WAITING = 1000

/** Announcements in the order they came, for one who takes them one by one. */
export class AnnouncementInbox {
  readonly #waiting: Announcement[] = []
  readonly #signal: AbortSignal | undefined
  #wake: (() => void) | undefined
  readonly #onAbort = () => this.#wake?.()

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
    signal?.addEventListener('abort', this.#onAbort)
  }

  put(announcement: Announcement): void {
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift()
    this.#waiting.push(announcement)
    this.#wake?.()
  }

  /** The next one; undefined once the signal is aborted. */
  async take(): Promise<Announcement | undefined> {
    while (this.#waiting.length === 0 && this.#signal?.aborted !== true)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.#signal?.aborted === true ? undefined : this.#waiting.shift()
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort)
  }
}
