/** In the order of its parts; numbers before texts, texts by their UTF-8. At most 1,024 bytes in all. */
export type TableKey = string | readonly (string | number)[]

export const TABLE_NAMES = [
  'contracts',
  'live',
  'ended',
  'ended_ids',
  'ended_states',
  'logs',
  'heap',
  'marks',
  'outbox',
] as const

export type TableName = (typeof TABLE_NAMES)[number]

/** Puts a value, or removes one where it is undefined. */
export interface TableChange {
  readonly table: TableName
  readonly key: TableKey
  readonly value: unknown
}

export interface TableRange {
  /** Inclusive. */
  readonly start: TableKey
  /** Exclusive. */
  readonly end: TableKey
  /** From the last before `end` down to `start`. */
  readonly reverse?: boolean
  readonly limit: number
}

/** What a prime keeps: values of plain data and bytes in ordered tables. Reading sees what is written, nothing half. */
export interface Tables {
  get(table: TableName, key: TableKey): unknown
  /** A list of its own: what is written later does not change it. */
  range(table: TableName, range: TableRange): readonly { readonly key: TableKey; readonly value: unknown }[]
  count(table: TableName, start: TableKey, end: TableKey): number
  /** All of them or none, in order. On the disk when it resolves; rejects when nothing of it is written. */
  write(changes: readonly TableChange[]): Promise<void>
}
