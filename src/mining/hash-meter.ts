const WINDOW_MS = 10_000

/** Tells how many hashes a second there were lately. */
export class HashMeter {
  readonly #now: () => number
  #counts: { readonly atMs: number; readonly hashes: number }[] = []
  #sinceMs: number

  /** `now` in ms since any moment. */
  constructor(now: () => number) {
    this.#now = now
    this.#sinceMs = now()
  }

  add(hashes: number): void {
    this.#forget()
    const atMs = this.#now()
    const last = this.#counts.at(-1)
    // One entry a millisecond at most: short searches would fill the memory.
    if (last?.atMs === atMs) this.#counts[this.#counts.length - 1] = { atMs, hashes: last.hashes + hashes }
    else this.#counts.push({ atMs, hashes })
  }

  /** Over the last ten seconds, or since the start where that is less. */
  perSecond(): number {
    this.#forget()
    const hashes = this.#counts.reduce((sum, count) => sum + count.hashes, 0)
    const spanMs = Math.min(WINDOW_MS, Math.max(1000, this.#now() - this.#sinceMs))
    return Math.round((1000 * hashes) / spanMs)
  }

  #forget(): void {
    const oldestMs = this.#now() - WINDOW_MS
    const fresh = this.#counts.findIndex(({ atMs }) => atMs > oldestMs)
    if (fresh > 0) this.#counts.splice(0, fresh)
    if (fresh === -1) this.#counts = []
  }
}
