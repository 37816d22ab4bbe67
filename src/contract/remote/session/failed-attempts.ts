/** Attempts with a wrong key that one address has in a window. */
const LIMIT = 10
const WINDOW_MS = 60_000

/** Addresses that are remembered; the one that began first is forgotten. */
const MAX_ADDRESSES = 10_000

interface Window {
  readonly sinceMs: number
  count: number
}

/** How often each address came with a wrong key lately. Right keys of the same address are let in all the time. */
export class FailedAttempts {
  readonly #now: () => number
  readonly #windows = new Map<string, Window>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Notes one; for how many ms the address is to stay away where there were too many of them. */
  note(address: string): number | undefined {
    const nowMs = this.#now()
    let window = this.#windows.get(address)
    // A clock that was set back begins a window anew.
    if (!window || nowMs >= window.sinceMs + WINDOW_MS || nowMs < window.sinceMs) {
      window = { sinceMs: nowMs, count: 0 }
      this.#windows.delete(address)
      this.#windows.set(address, window)
    }
    window.count += 1
    this.#forget()
    return window.count > LIMIT ? window.sinceMs + WINDOW_MS - nowMs : undefined
  }

  #forget(): void {
    if (this.#windows.size <= MAX_ADDRESSES) return
    const [oldest] = this.#windows.keys()
    if (oldest !== undefined) this.#windows.delete(oldest)
  }
}
