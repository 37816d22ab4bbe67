import type { FrameLine } from './frame-line.js'
import { MAX_FINISHING, MAX_FINISHING_BYTES } from './settings.js'

/** Results that are being kept. While there are many of them, or large ones, nothing more is read. */
export class Finishing {
  readonly #line: FrameLine
  #count = 0
  #bytes = 0
  #isPaused = false

  constructor(line: FrameLine) {
    this.#line = line
  }

  get isNone(): boolean {
    return this.#count === 0
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  enter(bytes: number): void {
    this.#count += 1
    this.#bytes += bytes
    if (this.#isPaused || (this.#count < MAX_FINISHING && this.#bytes < MAX_FINISHING_BYTES)) return
    this.#isPaused = true
    this.#line.pause()
  }

  leave(bytes: number): void {
    this.#count -= 1
    this.#bytes -= bytes
    if (!this.#isPaused || this.#count >= MAX_FINISHING || this.#bytes >= MAX_FINISHING_BYTES) return
    this.#isPaused = false
    this.#line.resume()
  }
}
