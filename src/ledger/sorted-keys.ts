import { compareUtf8 } from './text.js'

/** Index of the first key that is not before `key`, of keys in UTF-8 byte order. */
export function placeOf(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareUtf8(keys[middle] as string, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
