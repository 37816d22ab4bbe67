/** Buffers that one peer's payloads use again and again, so that chunks leave no garbage. */
export class BufferPool {
  readonly #idle: Uint8Array[] = []

  /** At least so many bytes, with anything in them. */
  take(bytes: number): Uint8Array {
    const fitting = this.#idle.findIndex((buffer) => buffer.length >= bytes)
    if (fitting >= 0) return this.#idle.splice(fitting, 1)[0] as Uint8Array
    this.#idle.shift()
    return new Uint8Array(bytes)
  }

  /** Two are kept: one to fill, one to hand out. */
  give(buffer: Uint8Array): void {
    if (this.#idle.length < 2) this.#idle.push(buffer)
  }
}
