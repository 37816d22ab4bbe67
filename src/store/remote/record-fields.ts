import type { Database, RootDatabase } from 'lmdb'
import { written } from '../lmdb-root.js'
import { type EntryLane, entryKey, entryPrefix, ordinalOf, setPrefix, zoneKey } from './field-keys.js'

interface Field {
  readonly name: string
  readonly path: string
  readonly type: 'text' | 'tag' | 'number'
  readonly separator?: string
}

interface FieldSet {
  readonly id: number
  readonly txnType: string
  readonly fields: readonly Field[]
}

interface Anchor {
  readonly ordinal: number
  readonly height: number
  readonly hash: string
}

interface Zone {
  readonly zone: number
  readonly fromMs: number
  readonly toMs: number
}

interface Added {
  readonly entries: readonly {
    readonly field: number
    readonly value: Uint8Array
    readonly ordinal: number
  }[]
  readonly zones: readonly Zone[]
  readonly anchors: readonly Anchor[]
}

interface EntryPlace {
  readonly setId: number
  readonly lane: EntryLane
  readonly field: number
}

type MetaKey = string | (string | number)[]

/** Entries taken out at a time. */
const SWEPT = 1000
const NOTHING = Buffer.alloc(0)

/**
 * What records are found by besides their place: for each type its set of fields, and for each value of a field the ordinals
 * that have it. Follows from the chain and the sets alone. What a reorg made wrong may stand beside what is right.
 */
export class RecordFields {
  readonly #root: RootDatabase<unknown, string>
  /** `next`: id of the next set; `['set', type]`; `['dropped', id]`; `['anchors', id, lane]`. */
  readonly #meta: Database<unknown, MetaKey>
  readonly #entries: Database<Buffer, Buffer>

  /** The environment stays its opener's. */
  constructor(root: RootDatabase<unknown, string>) {
    this.#root = root
    this.#meta = root.openDB<unknown, MetaKey>('record_field_sets', {})
    this.#entries = root.openDB<Buffer, Buffer>('record_fields', {
      encoding: 'binary',
      keyEncoding: 'binary',
    })
  }

  *sets(): Generator<FieldSet> {
    for (const { key, value } of this.#meta.getRange({ start: ['set'], end: ['seu'] })) {
      const { id, fields } = value as Omit<FieldSet, 'txnType'>
      yield { id, txnType: key[1] as string, fields }
    }
  }

  dropped(): readonly number[] {
    return [...this.#meta.getKeys({ start: ['dropped'], end: ['dropped', Infinity] })].map(
      (key) => key[1] as number,
    )
  }

  async define(txnType: string, fields: readonly Field[]): Promise<number> {
    return this.#write(() => {
      const id = (this.#meta.get('next') as number | undefined) ?? 1
      this.#meta.putSync('next', id + 1)
      this.#drop(txnType)
      this.#meta.putSync(['set', txnType], { id, fields })
      return id
    })
  }

  async undefine(txnType: string): Promise<void> {
    await this.#write(() => this.#drop(txnType))
  }

  anchors(setId: number, lane: EntryLane): readonly Anchor[] {
    return (this.#meta.get(['anchors', setId, lane]) as readonly Anchor[] | undefined) ?? []
  }

  zone(setId: number, lane: EntryLane, zone: number): Zone | undefined {
    const value = this.#entries.get(zoneKey(setId, lane, zone))
    return value && { zone, fromMs: value.readDoubleBE(0), toMs: value.readDoubleBE(8) }
  }

  async write(setId: number, lane: EntryLane, { entries, zones, anchors }: Added): Promise<void> {
    await this.#write(() => {
      for (const { field, value, ordinal } of entries)
        this.#entries.putSync(entryKey(entryPrefix({ setId, lane, field }, value), ordinal), NOTHING)
      for (const { zone, fromMs, toMs } of zones) {
        const times = Buffer.allocUnsafe(16)
        times.writeDoubleBE(fromMs, 0)
        times.writeDoubleBE(toMs, 8)
        this.#entries.putSync(zoneKey(setId, lane, zone), times)
      }
      this.#meta.putSync(['anchors', setId, lane], anchors)
    })
  }

  async sweep(setId: number): Promise<boolean> {
    return this.#write(() => {
      const range = { start: setPrefix(setId), end: setPrefix(setId + 1), limit: SWEPT }
      const keys = [...this.#entries.getKeys(range)]
      for (const key of keys) this.#entries.removeSync(key)
      if (keys.length === SWEPT) return false
      for (const lane of ['record', 'output']) this.#meta.removeSync(['anchors', setId, lane])
      this.#meta.removeSync(['dropped', setId])
      return true
    })
  }

  #write<T>(change: () => T): Promise<T> {
    return written(this.#root, () => this.#root.transaction(change))
  }

  count(place: EntryPlace, value: Uint8Array, most: number): number {
    const prefix = entryPrefix(place, value)
    return this.#entries.getKeysCount({
      start: entryKey(prefix, 0),
      end: entryKey(prefix, 0xffffffff),
      limit: most,
      snapshot: false,
    })
  }

  ordinals(
    place: EntryPlace,
    value: Uint8Array,
    range: {
      readonly from: number
      readonly to: number
      readonly isReverse: boolean
      readonly limit: number
    },
  ): readonly number[] {
    const prefix = entryPrefix(place, value)
    const { from, to, isReverse, limit } = range
    // A reverse range starts with the very key it is given, and ends before the other one.
    const bounds = isReverse
      ? { start: entryKey(prefix, to), end: entryKey(prefix, from - 1), reverse: true }
      : { start: entryKey(prefix, from), end: entryKey(prefix, to + 1) }
    return [...this.#entries.getKeys({ ...bounds, limit, snapshot: false })].map(ordinalOf)
  }

  between(place: EntryPlace, from: Uint8Array, to: Uint8Array, most: number): readonly number[] | undefined {
    const range = {
      start: entryKey(entryPrefix(place, from), 0),
      end: entryKey(entryPrefix(place, to), 0xffffffff),
      limit: most + 1,
      snapshot: false,
    }
    const found = [...this.#entries.getKeys(range)].map(ordinalOf)
    return found.length > most ? undefined : found
  }

  #drop(txnType: string): void {
    const set = this.#meta.get(['set', txnType]) as { readonly id: number } | undefined
    if (!set) return
    this.#meta.removeSync(['set', txnType])
    this.#meta.putSync(['dropped', set.id], true)
  }
}
