import { workOfBits } from './work.js'

const KEPT = 4096
const KEPT_WORKS = 256
/** Blocks whose times make the median. */
const MEDIAN_SPAN = 11

/** Of this many headers before a header something may depend on: a whole period, and the one before it. */
export const ANCESTORS_NEEDED = 2017
/** Of so many before a header the work may count. */
export const WORKS_NEEDED = 148

export const PERIOD = 2016

/** What a header's validity depends on in those before it: the times and bits along one branch, oldest first. */
export class Ancestors {
  readonly #times = new Uint32Array(KEPT)
  readonly #bits = new Uint32Array(KEPT)
  /** Since some height long ago, by height. */
  readonly #works: bigint[] = []
  readonly #powLimitBits: number
  readonly #worksFrom: number
  #height: number
  #realBits = 0

  /**
   * @param first height of the first header that will be pushed
   * @param worksFrom height from which {@link workBetween} can be asked for; adding up takes time
   */
  constructor(first: number, powLimitBits: number, worksFrom = Infinity) {
    this.#height = first - 1
    this.#powLimitBits = powLimitBits
    this.#worksFrom = worksFrom
  }

  /** Of the last header. */
  get height(): number {
    return this.#height
  }

  push(time: number, bits: number): void {
    const height = ++this.#height
    this.#times[height % KEPT] = time
    this.#bits[height % KEPT] = bits
    if (bits !== this.#powLimitBits || height % PERIOD === 0) this.#realBits = bits
    if (height >= this.#worksFrom)
      this.#works[height % KEPT_WORKS] = (this.#works[(height - 1) % KEPT_WORKS] ?? 0n) + workOfBits(bits)
  }

  time(height: number): number {
    return this.#times[height % KEPT] ?? 0
  }

  bits(height: number): number {
    return this.#bits[height % KEPT] ?? 0
  }

  /** Bits of the last header that does not have the easiest target, or stands on the boundary of a period. */
  get realBits(): number {
    return this.#realBits
  }

  /** Work of the headers after `first` up to `last`. */
  workBetween(first: number, last: number): bigint {
    return (this.#works[last % KEPT_WORKS] ?? 0n) - (this.#works[first % KEPT_WORKS] ?? 0n)
  }

  /** Whether a time is after the median of the last eleven: after more than half of them. */
  isAfterMedian(time: number): boolean {
    const count = Math.min(MEDIAN_SPAN, this.#height + 1)
    let before = 0
    for (let i = 0; i < count; i++) if (this.time(this.#height - i) < time) before++
    return before > count >>> 1
  }

  /** Of the eleven headers that end at this height. */
  medianTimePast(height: number): number {
    const count = Math.min(MEDIAN_SPAN, height + 1)
    const times = Array.from({ length: count }, (_, i) => this.time(height - i)).sort((a, b) => a - b)
    return times[count >>> 1] ?? 0
  }
}
