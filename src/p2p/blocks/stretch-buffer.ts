import type { BufferPool } from './buffer-pool.js'
import type { Call, Delivery } from './delivery.js'

/** What becomes of a stretch: handlers are called with its first `taken` bytes, the rest starts the next one. */
export interface Cut {
  readonly calls: readonly Call[]
  readonly taken: number
}

export interface StretchOptions {
  /** Of the payload, in bytes. */
  readonly length: number
  /** A stretch ends whenever so many more bytes have come. */
  readonly stretchBytes: number
  readonly buffers: BufferPool
  readonly delivery: Delivery
  /** `bytes` start at `base` in the payload. */
  readonly cut: (bytes: Uint8Array, base: number) => Cut
}

/** Larger buffers have no second one to be filled while handlers have the first. */
const MAX_TWIN_BYTES = 16 * 2 ** 20

/** Collects a payload in stretches of fixed length and hands them on: one is filled while handlers have another. */
export class StretchBuffer {
  readonly #options: StretchOptions
  #buffer: Uint8Array
  #used = 0
  #base = 0
  #isReleased = false

  constructor(options: StretchOptions) {
    this.#options = options
    this.#buffer = options.buffers.take(Math.min(options.length, this.#spacious(0)))
  }

  /** How many bytes {@link add} may be given at most. */
  get room(): number {
    const { length, stretchBytes } = this.#options
    const position = this.#base + this.#used
    return Math.min(length, (Math.floor(position / stretchBytes) + 1) * stretchBytes) - position
  }

  add(bytes: Uint8Array): void | Promise<void> {
    const isLast = bytes.length === this.room
    this.#buffer.set(bytes, this.#used)
    this.#used += bytes.length
    if (!isLast) return
    const { delivery } = this.#options
    if (delivery.isBusy) return delivery.idle().then(() => this.#handOut())
    return this.#handOut()
  }

  /** Gives the memory back; when no handler is at work. */
  release(): void {
    this.#isReleased = true
    this.#options.buffers.give(this.#buffer)
  }

  #handOut(): void | Promise<void> {
    if (this.#isReleased) return
    const { cut, delivery, buffers } = this.#options
    const full = this.#buffer
    const { calls, taken } = cut(full.subarray(0, this.#used), this.#base)
    let owners = 2
    const letGo = (): void => {
      if (--owners === 0) buffers.give(full)
    }
    delivery.start(calls, letGo)
    if (delivery.isBusy && taken > 0 && full.length > MAX_TWIN_BYTES)
      return delivery.idle().then(() => this.#goOn(taken, letGo))
    this.#goOn(taken, letGo)
  }

  /** With the rest of a stretch, in the same buffer if it is free. */
  #goOn(taken: number, letGo: () => void): void {
    if (this.#isReleased) return
    const { delivery, buffers } = this.#options
    const full = this.#buffer
    const rest = full.subarray(taken, this.#used)
    this.#base += taken
    this.#used = rest.length
    const needed = this.#used + this.room
    if ((!delivery.isBusy || taken === 0) && full.length >= needed) {
      full.copyWithin(0, taken, taken + rest.length)
      return
    }
    this.#buffer = buffers.take(taken === 0 ? Math.max(needed, 2 * full.length) : this.#spacious(needed))
    this.#buffer.set(rest)
    letGo()
  }

  /** The same for all stretches, so that their buffers can take turns; larger only where the rest before one is long. */
  #spacious(bytes: number): number {
    const { stretchBytes } = this.#options
    const usual = stretchBytes + (stretchBytes >>> 4)
    return bytes <= usual ? usual : bytes + (bytes >>> 4)
  }
}
