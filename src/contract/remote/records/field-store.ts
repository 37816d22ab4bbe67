import type { RecordField } from '../record-queries.js'
import type { Lane } from './record-lanes.js'

/** All of the chain up to it has been seen: the last record or output of a lane that was, and its block. */
export interface Anchor {
  readonly ordinal: number
  readonly height: number
  /** Of the block. */
  readonly hash: string
}

/** A type as it is indexed. Other fields make another set, with another id. */
export interface FieldSet {
  readonly id: number
  readonly txnType: string
  readonly fields: readonly RecordField[]
}

/** Where the entries of one value stand. */
export interface EntryPlace {
  readonly setId: number
  readonly lane: Lane
  /** Of the field: below 64 those of the type, from there on what all have ({@link FIELD}). */
  readonly field: number
}

export interface Entry {
  readonly field: number
  readonly value: Uint8Array
  readonly ordinal: number
}

/** What all records are found by. */
export const FIELD = { tag: 64, invoker: 65, invokedBy: 66 } as const

/** Times of a stretch of records: none in it is before or after, though they need not be met. */
export interface Zone {
  /** Number of the stretch, from 0. */
  readonly zone: number
  readonly fromMs: number
  readonly toMs: number
}

/** Ordinals that stand between two others, both included. */
export interface OrdinalRange {
  readonly from: number
  readonly to: number
}

/** The index of fields on disk. It follows the chain with a delay, and what it says is to be checked with the chain. */
export interface FieldStore {
  sets(): Iterable<FieldSet>
  /** Ids of sets that are no longer of use and not yet gone. */
  dropped(): readonly number[]
  /** A new set for a type, in the place of what was there; resolves with its id when it is on disk. */
  define(txnType: string, fields: readonly RecordField[]): Promise<number>
  undefine(txnType: string): Promise<void>
  /** The newest last. */
  anchors(setId: number, lane: Lane): readonly Anchor[]
  zone(setId: number, lane: Lane, zone: number): Zone | undefined
  /** All of it or nothing. */
  write(
    setId: number,
    lane: Lane,
    added: {
      readonly entries: readonly Entry[]
      readonly zones: readonly Zone[]
      readonly anchors: readonly Anchor[]
    },
  ): Promise<void>
  /** Takes out some of what is left of a dropped set. True: nothing is left. */
  sweep(setId: number): Promise<boolean>
  /** How many entries a value has, but no more than `most`. */
  count(place: EntryPlace, value: Uint8Array, most: number): number
  /** Ordinals of a value, in their order or the other way round. */
  ordinals(
    place: EntryPlace,
    value: Uint8Array,
    range: OrdinalRange & { readonly isReverse: boolean; readonly limit: number },
  ): readonly number[]
  /** Ordinals of all values of 8 bytes between two, in no order; undefined: there are more than `most`. */
  between(place: EntryPlace, from: Uint8Array, to: Uint8Array, most: number): readonly number[] | undefined
}
