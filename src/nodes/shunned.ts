/** A node that was dropped, and until when only the node itself can bring it back. */
interface Shunned {
  readonly times: number
  readonly untilMs: number
  readonly banned: boolean
}

const MAX_REMEMBERED = 4096
const MAX_BACKOFF_MS = 3_600_000

/**
 * Dropped nodes. Without this memory two live nodes would keep telling each other about a dead one for ever. Each
 * further drop doubles the time.
 */
export class ShunnedNodes {
  readonly #byKey = new Map<string, Shunned>()
  readonly #baseMs: number
  readonly #now: () => number

  constructor(baseMs: number, now: () => number) {
    this.#baseMs = baseMs
    this.#now = now
  }

  /** Remembers a drop; `banMs` replaces the growing backoff for a node that misbehaved. */
  add(key: string, banMs = 0): void {
    const times = (this.#byKey.get(key)?.times ?? 0) + 1
    const backoffMs = Math.min(this.#baseMs * 2 ** Math.min(times - 1, 20), MAX_BACKOFF_MS)
    this.#byKey.delete(key)
    this.#byKey.set(key, { times, untilMs: this.#now() + Math.max(backoffMs, banMs), banned: banMs > 0 })
    if (this.#byKey.size > MAX_REMEMBERED) this.#forgetOldest()
  }

  /** Whether hearsay about the node counts for nothing now. */
  has(key: string): boolean {
    const entry = this.#byKey.get(key)
    return entry !== undefined && this.#now() < entry.untilMs
  }

  /** Whether even the node itself is turned away now. */
  isBanned(key: string): boolean {
    return this.has(key) && this.#byKey.get(key)?.banned === true
  }

  /** Whether the node was ever dropped and not seen alive since: it must answer before it is listed again. */
  isSuspect(key: string): boolean {
    return this.#byKey.has(key)
  }

  forgive(key: string): void {
    this.#byKey.delete(key)
  }

  clear(): void {
    this.#byKey.clear()
  }

  #forgetOldest(): void {
    for (const key of this.#byKey.keys()) {
      this.#byKey.delete(key)
      return
    }
  }
}
