import type { Logger } from '../log.js'

/** Warnings of one kind come no more often. */
const PAUSE_MS = 60_000

/** Kinds that are remembered; the one that was told first is forgotten. */
const MAX_KINDS = 1000

interface Told {
  readonly atMs: number
  /** How often it happened since, untold. */
  count: number
}

/** What strangers can make happen at will is told once, and then at most once a minute, with how often it happened. */
export class RareWarnings {
  readonly #log: Pick<Logger, 'warn'>
  readonly #now: () => number
  readonly #told = new Map<string, Told>()

  constructor(log: Pick<Logger, 'warn'>, now: () => number) {
    this.#log = log
    this.#now = now
  }

  /** @param kind what counts as the same warning */
  warn(kind: string, fields: Readonly<Record<string, unknown>>, message: string): void {
    const nowMs = this.#now()
    const last = this.#told.get(kind)
    // A clock that was set back must not silence it.
    if (last && nowMs >= last.atMs && nowMs < last.atMs + PAUSE_MS) {
      last.count += 1
      return
    }
    this.#log.warn(last && last.count > 0 ? { ...fields, untold: last.count } : fields, message)
    this.#told.delete(kind)
    this.#told.set(kind, { atMs: nowMs, count: 0 })
    const [oldest] = this.#told.keys()
    if (this.#told.size > MAX_KINDS && oldest !== undefined) this.#told.delete(oldest)
  }
}
