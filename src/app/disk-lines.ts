import { diskErrorIn } from '../base/disk-error.js'

/** How often a log says that the disk takes no writes: while it is so, each block and each request meets it. */
const PAUSE_MS = 60_000

/** Lets a line through unless it tells of the disk and another did so within the last minute. */
export class DiskLines {
  readonly #now: () => number
  #lastMs = -Infinity

  /** `now` counts milliseconds, from whenever it likes. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** `fields` are what the line has besides its text. */
  allows(fields: unknown): boolean {
    if (!diskErrorIn((fields as { readonly err?: unknown } | null)?.err)) return true
    const nowMs = this.#now()
    if (nowMs - this.#lastMs < PAUSE_MS) return false
    this.#lastMs = nowMs
    return true
  }
}
