import { assert } from '../base/errors.js'

/** A map that holds `capacity` entries and, when full, forgets the one longest unused. */
export class LruMap<V> {
  /** In order of use, the longest unused first. */
  readonly #entries = new Map<string, V>()
  readonly #capacity: number

  constructor(capacity: number) {
    assert(Number.isSafeInteger(capacity) && capacity > 0, 'an LRU map holds at least one entry')
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  /** The value of a key, which counts as a use of it. */
  get(key: string): V | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) this.#moveToEnd(key, value)
    return value
  }

  set(key: string, value: V): void {
    this.#moveToEnd(key, value)
    if (this.#entries.size > this.#capacity) this.#forgetOldest()
  }

  #moveToEnd(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
  }

  #forgetOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key)
      return
    }
  }
}
