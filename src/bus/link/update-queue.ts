import type { BusError } from '../bus-error.js'
import type { Update } from './pending-messages.js'

/** Updates between a connection and somebody who reads them at leisure. Holds so many; the oldest go first. */
export class UpdateQueue {
  readonly #capacity: number
  readonly #updates: Update[] = []
  #wake: () => void = () => undefined
  #end: { readonly error: BusError | undefined } | undefined
  #hasDropped = false

  constructor(capacity = 1_024) {
    this.#capacity = capacity
  }

  push(update: Update): void {
    this.#updates.push(update)
    if (this.#updates.length > this.#capacity) {
      this.#updates.shift()
      this.#hasDropped = true
    }
    this.#wake()
  }

  /** Nothing comes any more; readers get `error` once they have read the rest. */
  end(error?: BusError): void {
    this.#end ??= { error }
    this.#wake()
  }

  /** The next update; undefined at the end. @throws {BusError} */
  async next(): Promise<Update | undefined> {
    while (this.#updates.length === 0 && !this.#end) {
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    const update = this.#updates.shift()
    if (!update && this.#end?.error) throw this.#end.error
    if (!update || !this.#hasDropped) return update
    this.#hasDropped = false
    return { ...update, missedEvents: true }
  }
}
