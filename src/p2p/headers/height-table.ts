import { equalHashes } from './equal-hashes.js'
import type { RecordList } from './record-list.js'

const FIRST_SIZE = 1 << 12
/** Three quarters full is when finding begins to take long. */
const isCrowded = (count: number, size: number): boolean => 4 * count > 3 * size

/**
 * Finds the height of a hash in a list of hashes: an open-addressing table of heights, four bytes a slot. Heights are
 * added in turn from 0 on, and removed from the last one down.
 */
export class HeightTable {
  readonly #hashes: RecordList
  /** Height plus one; 0 is an empty slot. */
  #slots = new Int32Array(FIRST_SIZE)
  #count = 0

  constructor(hashes: RecordList) {
    this.#hashes = hashes
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#slots.byteLength
  }

  /** Takes in the next height, whose hash the list holds. */
  add(height: number): void {
    if (isCrowded(++this.#count, this.#slots.length)) this.#grow()
    this.#put(height)
  }

  /** Of a hash; -1 where it is not in the list. */
  find(hash: Uint8Array): number {
    const word =
      ((hash[0] ?? 0) | ((hash[1] ?? 0) << 8) | ((hash[2] ?? 0) << 16) | ((hash[3] ?? 0) << 24)) >>> 0
    const mask = this.#slots.length - 1
    for (let slot = word & mask; ; slot = (slot + 1) & mask) {
      const height = (this.#slots[slot] ?? 0) - 1
      if (height < 0) return -1
      if (this.#hashes.u32(height, 0) === word && equalHashes(this.#hashes.at(height), hash)) return height
    }
  }

  /** Forgets the last height; its hash must still be in the list. */
  remove(height: number): void {
    const mask = this.#slots.length - 1
    let hole = this.#home(height)
    while (this.#slots[hole] !== height + 1) hole = (hole + 1) & mask
    // Whatever stands behind and could stand in the hole moves there, or it would not be found any more.
    for (let slot = (hole + 1) & mask; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#home((this.#slots[slot] ?? 0) - 1)
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      this.#slots[hole] = this.#slots[slot] ?? 0
      hole = slot
    }
    this.#slots[hole] = 0
    this.#count--
  }

  #home(height: number): number {
    return this.#hashes.u32(height, 0) & (this.#slots.length - 1)
  }

  #put(height: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#home(height)
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = height + 1
  }

  /** Heights in turn: their hashes are read as they lie in memory. */
  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (let height = 0; height < this.#count - 1; height++) this.#put(height)
  }
}
