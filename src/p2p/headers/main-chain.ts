import { workOfBits } from './difficulty/work.js'
import { BITS_AT, HASH_BYTES, Header, HEADER_BYTES, TIME_AT } from './header.js'
import { HeightTable } from './height-table.js'
import { RecordList } from './record-list.js'

/** Every so many headers the work up to there is kept; in between it is added up. */
const WORK_STEP = 256

/** The chain with the most work, from the genesis block on: about 123 bytes a header. */
export class MainChain {
  readonly #raw = new RecordList(HEADER_BYTES)
  readonly #hashes = new RecordList(HASH_BYTES)
  readonly #table = new HeightTable(this.#hashes)
  /** Work up to and with the header at index × WORK_STEP. */
  readonly #works: bigint[] = []
  #work = 0n

  /** Of the last header. */
  get height(): number {
    return this.#raw.length - 1
  }

  /** Of all headers together. */
  get work(): bigint {
    return this.#work
  }

  get tip(): Header {
    return this.header(this.height)
  }

  /** Appends headers that follow the last one: 80 bytes each, and their hashes of 32. */
  append(raw: Uint8Array, hashes: Uint8Array): void {
    const first = this.#raw.length
    if (raw.length === 0) return
    this.#raw.push(raw)
    this.#hashes.push(hashes)
    for (let height = first; height < this.#raw.length; height++) this.#table.add(height)
    this.#addWork(first)
  }

  /** Forgets the headers above `height`. */
  truncate(height: number): void {
    const work = this.workAt(height)
    for (let gone = this.height; gone > height; gone--) this.#table.remove(gone)
    this.#raw.truncate(height + 1)
    this.#hashes.truncate(height + 1)
    this.#works.length = Math.floor(height / WORK_STEP) + 1
    this.#work = work
  }

  header(height: number): Header {
    return new Header(height, this.hash(height).slice(), this.#raw.at(height).slice())
  }

  /** A view. */
  hash(height: number): Uint8Array {
    return this.#hashes.at(height)
  }

  /** A view. */
  raw(height: number): Uint8Array {
    return this.#raw.at(height)
  }

  /** Copies of all headers from a height on, side by side. */
  rawFrom(height: number): Uint8Array {
    return this.#raw.from(height)
  }

  time(height: number): number {
    return this.#raw.u32(height, TIME_AT)
  }

  bits(height: number): number {
    return this.#raw.u32(height, BITS_AT)
  }

  /** Of the header with this hash; -1 where the chain has none. */
  heightOf(hash: Uint8Array): number {
    return this.#table.find(hash)
  }

  /** Work of the headers up to and with the one at this height. */
  workAt(height: number): bigint {
    if (height === this.height) return this.#work
    const step = Math.floor(height / WORK_STEP)
    let work = this.#works[step] ?? 0n
    for (let next = step * WORK_STEP + 1; next <= height; next++) work += workOfBits(this.bits(next))
    return work
  }

  /** Of the headers from `first` on: big numbers are touched only where the bits change. */
  #addWork(first: number): void {
    let [bits, count] = [this.bits(first), 0]
    for (let height = first; height < this.#raw.length; height++) {
      const next = this.bits(height)
      if (next !== bits) {
        this.#work += workOfBits(bits) * BigInt(count)
        ;[bits, count] = [next, 0]
      }
      count++
      if (height % WORK_STEP !== 0) continue
      this.#work += workOfBits(bits) * BigInt(count)
      this.#works.push(this.#work)
      count = 0
    }
    this.#work += workOfBits(bits) * BigInt(count)
  }
}
