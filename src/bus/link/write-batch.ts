import type { Duplex } from 'node:stream'

/** So many messages go out together: more would keep the reader waiting, fewer cost a call of the system each. */
const MAX_HELD = 8

/** Gathers what is written to a stream within one turn of the event loop, so that it goes out in few calls of the system. */
export class WriteBatch {
  readonly #stream: Duplex
  #held = 0

  constructor(stream: Duplex) {
    this.#stream = stream
  }

  /** Call before each write. */
  hold(): void {
    if (this.#held >= MAX_HELD) this.#release()
    else if (this.#held === 0) setImmediate(() => this.#release())
    if (this.#held === 0) this.#stream.cork()
    this.#held += 1
  }

  #release(): void {
    if (this.#held === 0) return
    this.#held = 0
    this.#stream.uncork()
  }
}
