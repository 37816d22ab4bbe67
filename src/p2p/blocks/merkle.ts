import type { Hash } from '../hash.js'
import { sha256dInto } from './sha256d-into.js'

const HASH_BYTES = 32

/** Two neighbours of the same level; the left one waits for the right one. */
interface Pair {
  readonly bytes: Buffer
  hasLeft: boolean
}

/** The merkle root of hashes that come one by one: remembers one hash for each doubling of their number. */
export class MerkleTree {
  readonly #levels: Pair[] = []
  #count = 0
  #hasTwins = false

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

  /** Takes the 32 bytes at an index. */
  add(bytes: Uint8Array, at = 0): void {
    this.#count++
    let pair = this.#level(0)
    pair.bytes.set(bytes.subarray(at, at + HASH_BYTES), pair.hasLeft ? HASH_BYTES : 0)
    for (let level = 0; pair.hasLeft; level++) {
      this.#noteTwins(pair)
      pair.hasLeft = false
      const above = this.#level(level + 1)
      sha256dInto(pair.bytes, above.bytes, above.hasLeft ? HASH_BYTES : 0)
      pair = above
    }
    pair.hasLeft = true
  }

  /** The root; an odd one out on any level is its own neighbour. Nothing can be added after. Zero for no hashes at all. */
  root(): Hash {
    let rising: Uint8Array | undefined
    for (let level = 0; level < this.#levels.length; level++) {
      const pair = this.#level(level)
      if (rising === undefined && !pair.hasLeft) continue
      const isTop = level === this.#levels.length - 1
      if (isTop && rising === undefined) return this.#hashOf(pair)
      rising = this.#raise(pair, rising)
      if (isTop) return rising
    }
    return new Uint8Array(HASH_BYTES)
  }

  #raise(pair: Pair, rising: Uint8Array | undefined): Uint8Array {
    const { bytes } = pair
    if (pair.hasLeft && rising) {
      bytes.set(rising, HASH_BYTES)
      this.#noteTwins(pair)
    } else {
      if (rising) bytes.set(rising)
      bytes.copyWithin(HASH_BYTES, 0, HASH_BYTES)
    }
    const parent = Buffer.alloc(HASH_BYTES)
    sha256dInto(bytes, parent, 0)
    return parent
  }

  #hashOf({ bytes }: Pair): Hash {
    return new Uint8Array(bytes.subarray(0, HASH_BYTES))
  }

  #noteTwins({ bytes }: Pair): void {
    if (bytes.compare(bytes, HASH_BYTES, 2 * HASH_BYTES, 0, HASH_BYTES) === 0) this.#hasTwins = true
  }

  #level(level: number): Pair {
    return (this.#levels[level] ??= { bytes: Buffer.alloc(2 * HASH_BYTES), hasLeft: false })
  }
}
