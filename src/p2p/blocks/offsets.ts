import type { Offsets } from './block-events.js'

const SEGMENT_BITS = 14
const SEGMENT_LENGTH = 1 << SEGMENT_BITS
const WRAP = 2 ** 32

/** Positions that only grow, 4 bytes each however large they get. */
export class OffsetList implements Offsets {
  #segments: (Uint32Array | undefined)[] = []
  #last = new Uint32Array(0)
  #length = 0
  /** The first index of each further 4 GiB. */
  readonly #wraps: number[] = []
  #nextWrap = WRAP

  get length(): number {
    return this.#length
  }

  push(offset: number): void {
    const place = this.#length & (SEGMENT_LENGTH - 1)
    if (place === 0) this.#segments.push((this.#last = new Uint32Array(SEGMENT_LENGTH)))
    while (offset >= this.#nextWrap) {
      this.#wraps.push(this.#length)
      this.#nextWrap += WRAP
    }
    this.#last[place] = offset
    this.#length++
  }

  at(index: number): number {
    const low = this.#segments[index >>> SEGMENT_BITS]?.[index & (SEGMENT_LENGTH - 1)]
    if (low === undefined || index < 0 || index >= this.#length)
      throw new RangeError(`there is no offset number ${index} of ${this.#length}`)
    if (this.#wraps.length === 0) return low
    return low + WRAP * this.#wraps.filter((first) => first <= index).length
  }

  /** Those from one index up to before another, of their own. */
  copy(from: number, to: number): OffsetList {
    const copy = new OffsetList()
    for (let i = from; i < to; i++) copy.push(this.at(i))
    return copy
  }

  /** Frees the memory of those before an index, as far as it is convenient; they can no longer be asked for. */
  dropBefore(index: number): void {
    const whole = Math.min(index, this.#length - 1) >>> SEGMENT_BITS
    for (let i = whole - 1; i >= 0 && this.#segments[i]; i--) this.#segments[i] = undefined
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let i = 0; i < this.#length; i++) yield this.at(i)
  }
}
