import { hash } from 'node:crypto'
import { NONCE_OFFSET } from '../ledger/header.js'

/** A header to find a nonce for, and which nonces to try. Plain data, so that it can travel to a thread. */
export interface SearchJob {
  /** Encoded; its nonce does not matter. */
  readonly header: Uint8Array
  /** 64 hex digits; the hash may not be above it. */
  readonly target: string
  /** Upper half of the first nonce. Its lower half counts from 0 to the end, then the upper half goes on by `step`. */
  readonly first: number
  readonly step: number
}

const LOWER_OFFSET = NONCE_OFFSET + 4
const LOWER_END = 2 ** 32

/** Tries the nonces of a job one after another. */
export class NonceRange {
  readonly #header: Buffer
  readonly #target: string
  readonly #step: number
  #upper: number
  #lower = 0
  #tried = 0

  constructor({ header, target, first, step }: SearchJob) {
    this.#header = Buffer.from(header)
    this.#target = target
    this.#step = step
    this.#upper = first
  }

  /** How many were tried so far. */
  get tried(): number {
    return this.#tried
  }

  /** Tries up to `count` nonces. The first that meets the target, as 16 hex digits. */
  search(count: number): string | undefined {
    const header = this.#header
    const target = this.#target
    const end = Math.min(this.#lower + count, LOWER_END)
    header.writeUInt32BE(this.#upper, NONCE_OFFSET)
    for (let lower = this.#lower; lower < end; lower++) {
      header.writeUInt32BE(lower, LOWER_OFFSET)
      // As text, because a string costs a third of a Buffer, and digits of one length compare as numbers do.
      if (hash('sha256', header, 'hex') > target) continue
      this.#advanceTo(lower + 1)
      return header.toString('hex', NONCE_OFFSET)
    }
    this.#advanceTo(end)
    return undefined
  }

  #advanceTo(lower: number): void {
    this.#tried += lower - this.#lower
    this.#lower = lower
    if (lower < LOWER_END) return
    this.#lower = 0
    this.#upper = (this.#upper + this.#step) % LOWER_END
  }
}
