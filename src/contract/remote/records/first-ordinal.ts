import type { RecordPlace } from '../record-queries.js'

/** The first of 1 to `count` for which it is so, and for all after it; `count` + 1 where there is none. */
export function firstOrdinal(count: number, isSo: (ordinal: number) => boolean): number {
  let [from, to] = [1, count + 1]
  while (from < to) {
    const middle = Math.floor((from + to) / 2)
    if (isSo(middle)) to = middle
    else from = middle + 1
  }
  return from
}

/** In the order of the chain. */
export function comparePlaces(a: RecordPlace, b: RecordPlace): number {
  return a.height - b.height || a.index - b.index
}
