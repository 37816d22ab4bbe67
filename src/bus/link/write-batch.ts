import type { Duplex } from 'node:stream'

/** Gathers what is written to a stream within one turn of the event loop, so that it goes out in one call of the system. */
export class WriteBatch {
  readonly #stream: Duplex
  #isHeld = false

  constructor(stream: Duplex) {
    this.#stream = stream
  }

  /** Call before each write. */
  hold(): void {
    if (this.#isHeld) return
    this.#isHeld = true
    this.#stream.cork()
    setImmediate(() => {
      this.#isHeld = false
      this.#stream.uncork()
    })
  }
}
