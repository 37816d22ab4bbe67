import type { Json } from '../../base/json.js'

/** A part of the payloads of a type that transactions are found by. A value of another kind is passed over. */
export interface RecordField {
  /** 1 to 64 characters; none of {@link RESERVED_FIELDS}. */
  readonly name: string
  /** Where in the payload: `$.order.items[*].sku` (`record-path.ts` says what it may hold). */
  readonly path: string
  /**
   * `text`: strings, found by any of their words, whatever their case. `tag`: strings, cut at the separator and trimmed, found
   * by each part as it is. `number`: numbers, found by value and by range.
   */
  readonly type: 'text' | 'tag' | 'number'
  /** Of a `tag`; one comma where it is not given, empty: the string is not cut. */
  readonly separator?: string
}

/** Names that stand for what every transaction has. */
export const RESERVED_FIELDS = ['tag', 'timestamp', 'block_id', 'invoker'] as const

/** The most fields of one type. */
export const MOST_FIELDS = 16

/** A type has fields that cannot be: too many, a name or a path that is none, a name twice. */
export class RecordFieldError extends Error {
  override readonly name = 'RecordFieldError'
}

/** What one field must hold: a tag or number (`equals`), a word of a text (`word`), a number in a range (both inclusive). */
export type FieldCondition =
  | { readonly name: string; readonly equals: string | number }
  | { readonly name: string; readonly word: string }
  | { readonly name: string; readonly from?: number; readonly to?: number }

/** Where a transaction stands in the chain. */
export interface RecordPlace {
  readonly height: number
  /** Within its block, counted from 0. */
  readonly index: number
}

/** All conditions must hold. Times are those of the transactions, in ms since 1970; both ends are inclusive. */
export interface RecordQuery {
  readonly txnType: string
  /** Records, outputs of contracts, or both (where it is not given). */
  readonly kind?: 'record' | 'output'
  readonly tag?: string
  readonly fromMs?: number
  readonly toMs?: number
  readonly fromHeight?: number
  readonly toHeight?: number
  /** Address that signed. */
  readonly invoker?: string
  /** Id of the transaction that invoked the contract: finds outputs alone. */
  readonly invokedBy?: string
  readonly field?: FieldCondition
  /** By place in the chain. */
  readonly order: 'oldest' | 'newest'
  /** Only what comes after it in that order. */
  readonly after?: RecordPlace
  /** At least 1; a page has no more than {@link MOST_FOUND}. */
  readonly limit: number
}

/** The most a page holds. */
export const MOST_FOUND = 1000

/** A record, or the output of a contract, where it stands in the chain. */
export interface FoundRecord extends RecordPlace {
  readonly kind: 'record' | 'output'
  readonly transactionId: string
  /** Of the transaction, in ms since 1970. */
  readonly timestamp: number
  readonly txnType: string
  readonly tag: string
  readonly payload: Json
  /** Address that signed. */
  readonly invoker: string
  /** Of an output: id of the contract, and of what invoked it. Empty for a record. */
  readonly contract: string
  readonly invokedBy: string
}

export interface RecordPage {
  readonly found: readonly FoundRecord[]
  /**
   * To ask on with, as `after`; null: there is no more. A page ends when it is full or has cost enough: it may hold fewer than
   * asked for, or nothing, and yet not be the last.
   */
  readonly next: RecordPlace | null
}

/** Finds the records and outputs of the chain by type. Answers are exact at any time, however far the index of a field is. */
export interface RecordQueries {
  /**
   * Says what the transactions of a type are found by, those that the chain holds already included. Tags, invokers and times
   * are quick to find once a type is defined, with or without fields. The same fields again change nothing: meant to be called
   * at every start. Resolves when it is on disk. @throws {RecordFieldError}
   */
  define(txnType: string, fields: readonly RecordField[]): Promise<void>
  /** The type has no fields any more. */
  undefine(txnType: string): Promise<void>
  /** Undefined: the type was not defined. */
  fieldsOf(txnType: string): readonly RecordField[] | undefined
  /**
   * Work is bounded to a few ms; synchronous, so that all of a page is of the same chain. @throws {RecordFieldError} the
   * condition names no field of the type, or asks it for what it is not found by
   */
  find(query: RecordQuery): RecordPage
}
