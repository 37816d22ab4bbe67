import type { OrdinalRange } from './field-store.js'
import { zoneOf, ZONE_SIZE } from './field-follower.js'
import type { EntryPlace, FieldStore, Zone } from './field-store.js'

/** Ordinals read from the index in a row. */
const CHUNK = 64

/** Ordinals in their order, or from the last to the first. */
export function* inOrder({ from, to }: OrdinalRange, isReverse: boolean): Generator<number> {
  if (isReverse) for (let ordinal = to; ordinal >= from; ordinal--) yield ordinal
  else for (let ordinal = from; ordinal <= to; ordinal++) yield ordinal
}

/** Those that have a value, as far as the index goes. */
export function* havingValue(
  store: Pick<FieldStore, 'ordinals'>,
  place: EntryPlace,
  value: Uint8Array,
  range: OrdinalRange,
  isReverse: boolean,
): Generator<number> {
  for (let { from, to } = range; from <= to;) {
    const chunk = store.ordinals(place, value, { from, to, isReverse, limit: CHUNK })
    yield* chunk
    const last = chunk.at(-1)
    if (last === undefined || chunk.length < CHUNK) return
    if (isReverse) to = last - 1
    else from = last + 1
  }
}

/** All of a range but those of zones that lie out of the times; of such a zone the one that is left behind last. */
export function* withinTimes(
  zoneAt: (zone: number) => Zone | undefined,
  { fromMs, toMs }: Pick<Zone, 'fromMs' | 'toMs'>,
  range: OrdinalRange,
  isReverse: boolean,
): Generator<number> {
  let [from, to] = [range.from, range.to]
  while (from <= to) {
    const zone = zoneOf(isReverse ? to : from)
    const first = Math.max(from, zone * ZONE_SIZE + 1)
    const last = Math.min(to, (zone + 1) * ZONE_SIZE)
    const times = zoneAt(zone)
    const isOut = times !== undefined && (times.toMs < fromMs || times.fromMs > toMs)
    if (isOut) yield isReverse ? first : last
    else yield* inOrder({ from: first, to: last }, isReverse)
    if (isReverse) to = first - 1
    else from = last + 1
  }
}
