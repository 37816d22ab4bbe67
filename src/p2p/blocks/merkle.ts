import type { Hash } from '../hash.js'
import { MAX_HASHES, type MessageHasher } from '../hashing/message-hasher.js'

const HASH_BYTES = 32
const HASH_WORDS = HASH_BYTES / 4

/** The hash that waits for its right neighbour of the same level. */
interface Left {
  readonly bytes: Uint8Array
  isWaiting: boolean
}

/** The merkle root of hashes that come bit by bit: remembers one hash for each doubling of their number. */
export class MerkleTree {
  readonly #hasher: MessageHasher
  readonly #words: Int32Array
  readonly #levels: Left[] = []
  #count = 0
  #hasTwins = false

  /** The hasher is free between calls. */
  constructor(hasher: MessageHasher) {
    this.#hasher = hasher
    const { buffer, byteOffset, length } = hasher.hashes
    this.#words = new Int32Array(buffer, byteOffset, length / 4)
  }

  /** Hashes added. */
  get count(): number {
    return this.#count
  }

  /**
   * Two neighbours are equal, so that a list with some of them left out has the same root (CVE-2012-2459). No honest block
   * is like that.
   */
  get hasTwins(): boolean {
    return this.#hasTwins
  }

  /** Takes any number of hashes, 32 bytes each. */
  add(hashes: Uint8Array): void {
    const most = MAX_HASHES * HASH_BYTES
    for (let at = 0; at < hashes.length; at += most) {
      const batch = hashes.subarray(at, at + most)
      this.#hasher.hashes.set(batch, HASH_BYTES)
      let count = batch.length / HASH_BYTES
      this.#count += count
      for (let level = 0; count > 0; level++) count = this.#join(this.#level(level), count)
    }
  }

  /** The root; an odd one out on any level is its own neighbour. Nothing can be added after. Zero for no hashes at all. */
  root(): Hash {
    let rising: Uint8Array | undefined
    for (const [level, left] of this.#levels.entries()) {
      if (rising === undefined && !left.isWaiting) continue
      const isTop = level === this.#levels.length - 1
      if (isTop && rising === undefined) return left.bytes.slice()
      rising = this.#raise(left, rising)
    }
    return rising ?? new Uint8Array(HASH_BYTES)
  }

  /** Joins so many hashes of a level, and the one that waited. Returns how many there are of the next level then. */
  #join(left: Left, count: number): number {
    const { hashes } = this.#hasher
    const first = left.isWaiting ? -1 : 0
    if (left.isWaiting) hashes.set(left.bytes)
    const pairs = (count - first) >>> 1
    left.isWaiting = (count - first) % 2 === 1
    if (left.isWaiting) left.bytes.set(hashes.subarray(count * HASH_BYTES, (count + 1) * HASH_BYTES))
    this.#noteTwins(first, pairs)
    this.#hasher.joinPairs(first, pairs)
    return pairs
  }

  #raise(left: Left, rising: Uint8Array | undefined): Uint8Array {
    const { hashes } = this.#hasher
    hashes.set(left.isWaiting ? left.bytes : (rising ?? left.bytes))
    hashes.set(rising ?? left.bytes, HASH_BYTES)
    if (left.isWaiting && rising) this.#noteTwins(-1, 1)
    this.#hasher.joinPairs(-1, 1)
    return new Uint8Array(hashes.subarray(HASH_BYTES, 2 * HASH_BYTES))
  }

  #noteTwins(first: -1 | 0, pairs: number): void {
    const words = this.#words
    for (let pair = 0; pair < pairs; pair++) {
      const at = (1 + first + 2 * pair) * HASH_WORDS
      let same = 0
      while (same < HASH_WORDS && words[at + same] === words[at + HASH_WORDS + same]) same++
      if (same === HASH_WORDS) this.#hasTwins = true
    }
  }

  #level(level: number): Left {
    return (this.#levels[level] ??= { bytes: new Uint8Array(HASH_BYTES), isWaiting: false })
  }
}
