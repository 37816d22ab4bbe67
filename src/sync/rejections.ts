import { BoundedSet } from '../base/bounded-set.js'

/** Rules that judge the signatures, which an id does not cover: another copy under the same id may be right. */
const ABOUT_SIGNATURES = new Set(['TX-12', 'TX-16', 'TX-18', 'TX-19', 'TX-20', 'TX-21', 'TX-22', 'UTX-5'])

/** How long a refused transaction is not asked for again while the chain stands still. */
const REMEMBERED_MS = 600_000

/**
 * Ids of transactions that were refused and need not be fetched again for now. All are forgotten with every new tip,
 * and after a while: what did not fit the chain or the pool may fit later.
 */
export class Rejections {
  readonly #ids: BoundedSet
  readonly #now: () => number
  #sinceMs = 0

  /** `now` in ms since 1970. */
  constructor(capacity: number, now: () => number) {
    this.#ids = new BoundedSet(capacity)
    this.#now = now
  }

  has(id: string): boolean {
    if (this.#now() - this.#sinceMs > REMEMBERED_MS) this.#ids.clear()
    return this.#ids.has(id)
  }

  add(id: string, rule: string): void {
    if (ABOUT_SIGNATURES.has(rule)) return
    if (this.#ids.size === 0) this.#sinceMs = this.#now()
    this.#ids.add(id)
  }

  clear(): void {
    this.#ids.clear()
  }
}
