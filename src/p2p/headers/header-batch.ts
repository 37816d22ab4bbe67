import { BITS_AT, HASH_BYTES, HEADER_BYTES, PREV_AT, TIME_AT } from './header.js'
import type { HashedHeaders } from '../hashing/batch-hasher.js'

/** Headers that were hashed together, read in place. Holds only until the next batch. */
export class HeaderBatch {
  readonly count: number
  readonly raw: Uint8Array
  readonly hashes: Uint8Array
  readonly #raw: DataView
  readonly #hashes: DataView

  constructor({ count, raw, hashes }: HashedHeaders) {
    this.count = count
    this.raw = raw
    this.hashes = hashes
    this.#raw = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
    this.#hashes = new DataView(hashes.buffer, hashes.byteOffset, hashes.byteLength)
  }

  version(index: number): number {
    return this.#raw.getInt32(index * HEADER_BYTES, true)
  }

  time(index: number): number {
    return this.#raw.getUint32(index * HEADER_BYTES + TIME_AT, true)
  }

  bits(index: number): number {
    return this.#raw.getUint32(index * HEADER_BYTES + BITS_AT, true)
  }

  rawAt(index: number): Uint8Array {
    return this.raw.subarray(index * HEADER_BYTES, (index + 1) * HEADER_BYTES)
  }

  hashAt(index: number): Uint8Array {
    return this.hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
  }

  prevAt(index: number): Uint8Array {
    const start = index * HEADER_BYTES + PREV_AT
    return this.raw.subarray(start, start + HASH_BYTES)
  }

  /** Four bytes of the hash, as a number: the first ones, which no work makes equal. */
  hashWord(index: number): number {
    return this.#hashes.getUint32(index * HASH_BYTES, true)
  }

  hasHash(index: number, hash: Uint8Array): boolean {
    const start = index * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i++) if (this.hashes[start + i] !== hash[i]) return false
    return true
  }

  /** Whether the hash, as a number, is at most the target: both in internal order, the last byte counting most. */
  meets(index: number, target: Uint8Array): boolean {
    const start = index * HASH_BYTES
    for (let i = HASH_BYTES - 1; i >= 0; i--) {
      const difference = (this.hashes[start + i] ?? 0) - (target[i] ?? 0)
      if (difference !== 0) return difference < 0
    }
    return true
  }

  /** The headers from an index on, in place. */
  from(index: number): HeaderBatch {
    return new HeaderBatch({
      count: this.count - index,
      raw: this.raw.subarray(index * HEADER_BYTES),
      hashes: this.hashes.subarray(index * HASH_BYTES),
    })
  }

  /** How many headers from the first on follow each other: all, unless one names another parent. */
  get linked(): number {
    for (let i = 1; i < this.count; i++) if (!this.#follows(i)) return i
    return this.count
  }

  #follows(index: number): boolean {
    const prev = index * HEADER_BYTES + PREV_AT
    const hash = (index - 1) * HASH_BYTES
    for (let i = 0; i < HASH_BYTES; i += 4)
      if (this.#raw.getUint32(prev + i, true) !== this.#hashes.getUint32(hash + i, true)) return false
    return true
  }
}
