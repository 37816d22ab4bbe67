/** Items kept in order: putting one in or out takes about as long however many there are. */
export class SortedList<T> {
  readonly #isBefore: (a: T, b: T) => boolean
  /** Each short and not empty; every item of one comes before every item of the next. */
  readonly #chunks: T[][] = []

  /** `isBefore` must be a strict order in which no two items are equal. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore
  }

  add(item: T): void {
    const at = this.#chunkFor(item)
    const chunk = this.#chunks[at]
    if (!chunk) {
      this.#chunks.push([item])
      return
    }
    chunk.splice(this.#placeIn(chunk, item), 0, item)
    if (chunk.length > LONGEST_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(LONGEST_CHUNK >>> 1))
  }

  /** Whether the very item was there. */
  delete(item: T): boolean {
    const at = this.#chunkFor(item)
    const chunk = this.#chunks[at]
    if (!chunk) return false
    const place = this.#placeIn(chunk, item)
    if (chunk[place] !== item) return false
    chunk.splice(place, 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
    return true
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (const chunk of this.#chunks) yield* chunk
  }

  /** The first chunk that does not end before the item, or the last one. */
  #chunkFor(item: T): number {
    const last = this.#chunks.length - 1
    const at = firstIndex(last, (i) => !this.#isBefore(this.#chunks[i]?.at(-1) as T, item))
    return Math.max(0, at)
  }

  #placeIn(chunk: readonly T[], item: T): number {
    return firstIndex(chunk.length, (i) => !this.#isBefore(chunk[i] as T, item))
  }
}

const LONGEST_CHUNK = 256

/** The first of 0 to `end` - 1 that the test holds for; `end` where there is none. It holds for all behind one it holds for. */
function firstIndex(end: number, test: (index: number) => boolean): number {
  let [from, to] = [0, end]
  while (from < to) {
    const middle = (from + to) >>> 1
    if (test(middle)) to = middle
    else from = middle + 1
  }
  return from
}
