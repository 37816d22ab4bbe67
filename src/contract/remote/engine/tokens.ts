const TOKEN_BYTES = 16
/** Random bytes are fetched for so many tokens at once: the price is that of the call. */
const AT_ONCE = 256

/** Tokens of leases: random, none twice. */
export class Tokens {
  readonly #randomBytes: (length: number) => Uint8Array
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0

  constructor(randomBytes: (length: number) => Uint8Array) {
    this.#randomBytes = randomBytes
  }

  next(): Uint8Array {
    if (this.#at === this.#bytes.length) {
      this.#bytes = this.#randomBytes(TOKEN_BYTES * AT_ONCE)
      this.#at = 0
    }
    const token = Uint8Array.from(this.#bytes.subarray(this.#at, this.#at + TOKEN_BYTES))
    this.#at += TOKEN_BYTES
    return token
  }
}
