import { setImmediate as pause } from 'node:timers/promises'
import { type Anchor, type Entry, FIELD, type FieldStore, type Zone } from './field-store.js'
import { saidIn, valueKey, valuesOf } from './field-values.js'
import { type IndexedType, type IndexedTypes, standing } from './indexed-types.js'
import type { Lane, LaneEntry, RecordLanes } from './record-lanes.js'

/** Ordinals of one zone. */
export const ZONE_SIZE = 256

/** Anchors that are kept: enough for the last blocks and, ever farther apart, for those long ago. */
const MOST_ANCHORS = 24

/** A slice ends with the record that reaches one of these. */
const SLICE = { records: 250, entries: 1000, ms: 4 }

export interface FieldFollowerOptions {
  readonly types: IndexedTypes
  readonly store: FieldStore
  readonly lanes: RecordLanes
  /** In ms, from whenever it likes. */
  readonly now: () => number
  /** The index stays where it is until the next block. */
  readonly onError: (error: unknown) => void
}

/** Brings the index of fields up with the chain, a slice at a time. */
export class FieldFollower {
  readonly #options: FieldFollowerOptions
  readonly #behind = new Set<string>()
  readonly #end: () => void
  #work: Promise<void> | undefined
  #isClosed = false

  constructor(options: FieldFollowerOptions) {
    this.#options = options
    this.#end = options.lanes.onChange((txnTypes) => this.follow(txnTypes))
    this.follow(options.types.names())
  }

  /** These types may be behind; so may be what is no longer of use. */
  follow(txnTypes: Iterable<string>): void {
    for (const txnType of txnTypes) this.#behind.add(txnType)
    if (this.#isClosed || this.#work) return
    this.#work = this.#run().catch((error: unknown) => {
      this.#work = undefined
      this.#options.onError(error)
    })
  }

  /** Resolves when nothing is behind, or an error was told. */
  async settled(): Promise<void> {
    while (this.#work) await this.#work
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#end()
    await this.settled()
  }

  async #run(): Promise<void> {
    // Not in the middle of a block that is just coming in.
    await pause()
    while (!this.#isClosed && (await this.#step())) await pause()
    this.#work = undefined
    // What was told meanwhile.
    if (this.#behind.size > 0) this.follow([])
  }

  /** False: there was nothing to do. */
  async #step(): Promise<boolean> {
    const [txnType] = this.#behind
    if (txnType === undefined) return this.#sweep()
    this.#behind.delete(txnType)
    try {
      if (!(await this.#advance(txnType))) this.#behind.add(txnType)
    } catch (error) {
      this.#behind.add(txnType)
      throw error
    }
    return true
  }

  async #sweep(): Promise<boolean> {
    const { store } = this.#options
    const [setId] = store.dropped()
    if (setId !== undefined) await store.sweep(setId)
    return setId !== undefined
  }

  /** True: the type is not behind. */
  async #advance(txnType: string): Promise<boolean> {
    const type = this.#options.types.get(txnType)
    if (!type) return true
    for (const lane of ['record', 'output'] as const) if (!(await this.#slice(type, lane))) return false
    return true
  }

  /** True: the lane is not behind. */
  async #slice(type: IndexedType, lane: Lane): Promise<boolean> {
    const { store, lanes } = this.#options
    const before = standing(type.anchors[lane], lanes)
    const from = (before.at(-1)?.ordinal ?? 0) + 1
    const count = lanes.count(lane, type.txnType)
    if (from > count && before.length === type.anchors[lane].length) return true
    const slice = this.#read(type, lane, from, count)
    const anchors = slice.last ? thinned([...before, slice.last]) : before
    await store.write(type.setId, lane, { ...slice, anchors })
    type.anchors[lane] = anchors
    return (slice.last?.ordinal ?? count) >= count
  }

  #read(
    type: IndexedType,
    lane: Lane,
    from: number,
    to: number,
  ): {
    readonly entries: readonly Entry[]
    readonly zones: readonly Zone[]
    readonly last: Anchor | undefined
  } {
    const { lanes, now } = this.#options
    const started = now()
    const entries: Entry[] = []
    const zones = new Map<number, Zone>()
    let last: Anchor | undefined
    for (let ordinal = from; ordinal <= to; ordinal++) {
      const record = lanes.at(lane, type.txnType, ordinal)
      const hash = record && lanes.hashAt(record.height)
      if (!record || hash === undefined) break
      for (const entry of entriesOf(type, lane, ordinal, record)) entries.push(entry)
      this.#widen(zones, type, lane, ordinal, record.timestamp)
      last = { ordinal, height: record.height, hash }
      const isFull = ordinal - from + 1 >= SLICE.records || entries.length >= SLICE.entries
      if (isFull || now() - started >= SLICE.ms) break
    }
    return { entries, zones: [...zones.values()], last }
  }

  /** What stood in a zone before a reorg stays in its times: they may be too wide. */
  #widen(
    zones: Map<number, Zone>,
    { setId }: IndexedType,
    lane: Lane,
    ordinal: number,
    timestamp: number,
  ): void {
    const number = zoneOf(ordinal)
    const zone = zones.get(number) ?? this.#options.store.zone(setId, lane, number)
    const fromMs = Math.min(zone?.fromMs ?? timestamp, timestamp)
    const toMs = Math.max(zone?.toMs ?? timestamp, timestamp)
    zones.set(number, { zone: number, fromMs, toMs })
  }
}

export function zoneOf(ordinal: number): number {
  return Math.floor((ordinal - 1) / ZONE_SIZE)
}

function* entriesOf(
  { fields }: IndexedType,
  lane: Lane,
  ordinal: number,
  record: LaneEntry,
): Generator<Entry> {
  const { tag, invoker, invokedBy } = record
  for (const [name, value] of Object.entries({ tag, invoker, invokedBy }))
    if (value !== '') yield { field: FIELD[name as keyof typeof FIELD], value: valueKey(value), ordinal }
  const payload = lane === 'output' ? saidIn(record.payload) : record.payload
  for (const field of fields)
    for (const value of valuesOf(field, payload))
      yield { field: field.number, value: valueKey(value), ordinal }
}

/** Without the one that is missed least: its neighbours are close, compared with how long ago it was. */
function thinned(anchors: readonly Anchor[]): readonly Anchor[] {
  const tip = anchors.at(-1)?.height ?? 0
  if (anchors.length <= MOST_ANCHORS) return anchors
  let least = { gap: Infinity, index: 1 }
  for (let index = 1; index < anchors.length - 1; index++) {
    const [before, at, after] = anchors.slice(index - 1, index + 2) as [Anchor, Anchor, Anchor]
    const gap = (after.height - before.height) / (tip - at.height + 1)
    if (gap < least.gap) least = { gap, index }
  }
  return anchors.filter((_, index) => index !== least.index)
}
