import {
  type FoundRecord,
  MOST_FOUND,
  type RecordPage,
  type RecordPlace,
  type RecordQuery,
} from '../record-queries.js'
import { havingValue, inOrder, withinTimes } from './candidates.js'
import { comparePlaces, firstOrdinal } from './first-ordinal.js'
import { FIELD, type EntryPlace, type FieldStore, type OrdinalRange } from './field-store.js'
import { isWanted, numberKey, saidIn, valueKey, type Wanted, wantedOf } from './field-values.js'
import { type IndexedType, type IndexedTypes, standing } from './indexed-types.js'
import type { Lane, LaneEntry, RecordLanes } from './record-lanes.js'

/** What one page may cost. */
const PAGE = { records: 5000, ms: 15 }

/** Entries of a value that are counted to find the one with the fewest. */
const MOST_COUNTED = 256
/** Numbers of a range that are sorted by their place; of more, what is in the range is met soon anyway. */
const MOST_SORTED = 2000

export interface RecordFinderOptions {
  readonly types: Pick<IndexedTypes, 'get'>
  readonly store: FieldStore
  readonly lanes: RecordLanes
  /** In ms, from whenever it likes. */
  readonly now: () => number
}

/** Answers queries: candidates from the index as far as that goes, from the chain beyond, each looked at in the chain. */
export class RecordFinder {
  readonly #options: RecordFinderOptions

  constructor(options: RecordFinderOptions) {
    this.#options = options
  }

  /** @throws {RecordFieldError} */
  find(query: RecordQuery): RecordPage {
    const { types, now } = this.#options
    const started = now()
    const type = types.get(query.txnType)
    const wanted = query.field && wantedOf(query.field, type?.fields ?? [])
    const streams = lanesOf(query).map((lane) => this.#stream(query, lane, type, wanted))
    const limit = Math.min(query.limit, MOST_FOUND)
    const found: FoundRecord[] = []
    let last: RecordPlace | null = null
    for (let records = 0; ; records++) {
      const head = nextOf(streams, query.order)
      if (!head) return { found, next: null }
      const isCostly = records >= PAGE.records || now() - started >= PAGE.ms
      if (found.length >= limit || (isCostly && last)) return { found, next: last }
      const { lane, entry } = head
      last = { height: entry.height, index: entry.index }
      if (isMatch(query, lane, entry, wanted)) found.push({ kind: lane, txnType: query.txnType, ...entry })
      head.advance()
    }
  }

  #stream(
    query: RecordQuery,
    lane: Lane,
    type: IndexedType | undefined,
    wanted: Wanted | undefined,
  ): LaneStream {
    const { lanes } = this.#options
    const { txnType } = query
    const range = rangeOf(query, lane, lanes)
    const complete = type ? (standing(type.anchors[lane], lanes).at(-1)?.ordinal ?? 0) : 0
    const indexed = { from: range.from, to: Math.min(range.to, complete) }
    const beyond = { from: Math.max(range.from, complete + 1), to: range.to }
    const isReverse = query.order === 'newest'
    const parts = [
      () => (type ? this.#indexed(query, { type, lane }, wanted, indexed) : []),
      () => inOrder(beyond, isReverse),
    ]
    const ordinals = inTurn(isReverse ? parts.reverse() : parts)
    return new LaneStream(lane, ordinals, (ordinal) => lanes.at(lane, txnType, ordinal))
  }

  /** Candidates among what is indexed: those of the value that the fewest have, where the query names any. */
  #indexed(
    query: RecordQuery,
    { type, lane }: { readonly type: IndexedType; readonly lane: Lane },
    wanted: Wanted | undefined,
    range: OrdinalRange,
  ): Iterable<number> {
    const { store } = this.#options
    const { setId } = type
    const isReverse = query.order === 'newest'
    const counted = [...namedValues(query, wanted)].map(({ field, value }) => {
      const place: EntryPlace = { setId, lane, field }
      return { place, value, count: store.count(place, value, MOST_COUNTED) }
    })
    const [rarest] = counted.sort((a, b) => a.count - b.count)
    if (rarest) return havingValue(store, rarest.place, rarest.value, range, isReverse)
    const listed = wanted && 'from' in wanted ? this.#inRange({ setId, lane }, wanted) : undefined
    if (listed) return within(listed, range, isReverse)
    const { fromMs = -Infinity, toMs = Infinity } = query
    return withinTimes((zone) => store.zone(setId, lane, zone), { fromMs, toMs }, range, isReverse)
  }

  #inRange(
    place: Pick<EntryPlace, 'setId' | 'lane'>,
    { field, from, to }: Extract<Wanted, { readonly from: number }>,
  ): readonly number[] | undefined {
    const { store } = this.#options
    return store.between({ ...place, field: field.number }, numberKey(from), numberKey(to), MOST_SORTED)
  }
}

/** The candidates of one lane, one after the other. */
class LaneStream {
  readonly lane: Lane
  readonly #ordinals: Iterator<number>
  readonly #at: (ordinal: number) => LaneEntry | undefined
  #head: LaneEntry | undefined

  constructor(lane: Lane, ordinals: Iterable<number>, at: (ordinal: number) => LaneEntry | undefined) {
    this.lane = lane
    this.#ordinals = ordinals[Symbol.iterator]()
    this.#at = at
    this.advance()
  }

  get head(): LaneEntry | undefined {
    return this.#head
  }

  advance(): void {
    const next = this.#ordinals.next()
    this.#head = next.done ? undefined : this.#at(next.value)
  }
}

/** The stream whose candidate comes first. */
function nextOf(
  streams: readonly LaneStream[],
  order: RecordQuery['order'],
): { readonly lane: Lane; readonly entry: LaneEntry; readonly advance: () => void } | undefined {
  let next: { readonly stream: LaneStream; readonly entry: LaneEntry } | undefined
  for (const stream of streams) {
    const entry = stream.head
    if (!entry) continue
    if (!next || comparePlaces(entry, next.entry) < 0 === (order === 'oldest')) next = { stream, entry }
  }
  if (!next) return undefined
  const { stream, entry } = next
  return { lane: stream.lane, entry, advance: () => stream.advance() }
}

function lanesOf({ kind, invokedBy }: RecordQuery): readonly Lane[] {
  const lanes: readonly Lane[] = kind ? [kind] : ['record', 'output']
  return invokedBy === undefined ? lanes : lanes.filter((lane) => lane === 'output')
}

/** Ordinals between the places that the query names. */
function rangeOf(query: RecordQuery, lane: Lane, lanes: RecordLanes): OrdinalRange {
  const { txnType, fromHeight, toHeight, after, order } = query
  const first = (isThere: (place: RecordPlace) => boolean): number =>
    firstOrdinal(lanes.count(lane, txnType), (ordinal) => {
      const place = lanes.placeAt(lane, txnType, ordinal)
      return !place || isThere(place)
    })
  const [isUpwards, isDownwards] = [after && order === 'oldest', after && order === 'newest']
  const from = first(
    (place) =>
      place.height >= (fromHeight ?? 0) && !(isUpwards && comparePlaces(place, after as RecordPlace) <= 0),
  )
  const beyond = first(
    (place) =>
      place.height > (toHeight ?? Infinity) ||
      Boolean(isDownwards && comparePlaces(place, after as RecordPlace) >= 0),
  )
  return { from, to: beyond - 1 }
}

/** The single values that the query names. */
function* namedValues(
  { tag, invoker, invokedBy }: RecordQuery,
  wanted: Wanted | undefined,
): Generator<{ readonly field: number; readonly value: Uint8Array }> {
  for (const [name, value] of Object.entries({ tag, invoker, invokedBy })) {
    // The empty ones are in no index: most records have one.
    if (value !== undefined && value !== '')
      yield { field: FIELD[name as keyof typeof FIELD], value: valueKey(value) }
  }
  if (wanted && 'value' in wanted) yield { field: wanted.field.number, value: valueKey(wanted.value) }
}

function isMatch(query: RecordQuery, lane: Lane, entry: LaneEntry, wanted: Wanted | undefined): boolean {
  const { tag, invoker, invokedBy, fromMs = -Infinity, toMs = Infinity } = query
  if (entry.timestamp < fromMs || entry.timestamp > toMs) return false
  if (tag !== undefined && entry.tag !== tag) return false
  if (invoker !== undefined && entry.invoker !== invoker) return false
  if (invokedBy !== undefined && entry.invokedBy !== invokedBy) return false
  return !wanted || isWanted(wanted, lane === 'output' ? saidIn(entry.payload) : entry.payload)
}

function within(
  ordinals: readonly number[],
  { from, to }: OrdinalRange,
  isReverse: boolean,
): readonly number[] {
  // A record with several numbers stands in a range as often.
  const inside = [...new Set(ordinals)].filter((ordinal) => ordinal >= from && ordinal <= to)
  return inside.sort((a, b) => (isReverse ? b - a : a - b))
}

function* inTurn(parts: readonly (() => Iterable<number>)[]): Generator<number> {
  for (const part of parts) yield* part()
}
