import { type Static, type TProperties, Type as T } from '@sinclair/typebox'
import { Count, Hash, Height, Index, Timestamp } from './common.js'
import { LooseJson } from './loose.js'

const object = <P extends TProperties>(properties: P, description?: string) =>
  T.Object(properties, { additionalProperties: false, ...(description === undefined ? {} : { description }) })

export const RecordTypeName = T.String({
  pattern: '^(?!-)[\\s\\S]{1,128}$',
  description: 'the name of a type of records: up to 128 characters, the first not -',
})

export const CustomField = object({
  name: T.String({ minLength: 1, maxLength: 64 }),
  path: T.String({ minLength: 1, maxLength: 256, description: 'In the payload: $.order.lines[*].sku' }),
  type: T.Union([T.Literal('text'), T.Literal('tag'), T.Literal('number')], {
    description:
      'text: found by any of its words; tag: by each part between separators; number: by value and range.',
  }),
  separator: T.Optional(
    T.String({ maxLength: 16, description: 'Of a tag: a comma if absent; empty: it is one part.' }),
  ),
})

export const CustomFields = T.Array(CustomField, {
  maxItems: 16,
  description: 'What records are found by besides type, tag and time.',
})

export const RecordTypeJson = object({
  txn_type: T.String(),
  custom_fields: T.Array(CustomField),
  contract_id: T.Union([T.String(), T.Null()], { description: 'Of the remote contract that has the type.' }),
  created_at: Timestamp,
})
export type RecordTypeJson = Static<typeof RecordTypeJson>

/** A record or the output of a contract, in the form of Dragonchain. */
export const DragonchainJson = T.Object(
  {
    version: T.Literal('2'),
    dcrn: T.Literal('Transaction::L1::FullTransaction'),
    header: object({
      txn_type: T.String(),
      dc_id: T.String({ description: 'Id of the chain.' }),
      txn_id: T.String(),
      block_id: T.String({ description: 'Height of its block; empty while none holds it.' }),
      timestamp: T.String({ description: 'Seconds since 1970.' }),
      tag: T.String(),
      invoker: T.String({ description: 'Of an output: id of what invoked the contract; else empty.' }),
    }),
    payload: LooseJson,
  },
  {
    additionalProperties: false,
    title: 'TypedTransaction',
    description: 'A record, or the output of a contract, as contracts read it.',
  },
)

export const NewRecord = object({
  txn_type: RecordTypeName,
  tag: T.Optional(T.String({ maxLength: 1024, description: 'Empty if absent.' })),
  payload: T.Unsafe<unknown>({ description: 'Any JSON whose numbers are integers.' }),
})
export type NewRecord = Static<typeof NewRecord>

export const SubmittedRecord = object({ transaction_id: Hash, timestamp: Timestamp })
export type SubmittedRecord = Static<typeof SubmittedRecord>

export const RefusedRecord = object({
  error: object({
    code: T.String(),
    message: T.String(),
    details: T.Object({}, { additionalProperties: true }),
  }),
})
export type RefusedRecord = Static<typeof RefusedRecord>

export const SubmittedRecords = object({
  accepted: Count,
  results: T.Array(T.Union([SubmittedRecord, RefusedRecord]), {
    description: 'In the order of the records.',
  }),
})
export type SubmittedRecords = Static<typeof SubmittedRecords>

export const RecordKind = T.Union([T.Literal('record'), T.Literal('output')], {
  description: '"record" (what invokes contracts) or "output" (what they made of it)',
})

export const RecordAnswer = object({
  kind: RecordKind,
  status: T.Union([T.Literal('pending'), T.Literal('confirmed')]),
  height: T.Union([Height, T.Null()], { description: 'Of the block that holds it; null before.' }),
  index: T.Union([Index, T.Null()], { description: 'In its block.' }),
  timestamp: Timestamp,
  contract_id: T.Union([T.String(), T.Null()], { description: 'Of an output: the contract that made it.' }),
  transaction: DragonchainJson,
})
export type RecordAnswer = Static<typeof RecordAnswer>

/** What records are asked for by. */
export const recordFilters = {
  txn_type: RecordTypeName,
  kind: T.Optional(RecordKind),
  tag: T.Optional(T.String({ maxLength: 1024 })),
  from: T.Optional(Timestamp),
  to: T.Optional(Timestamp),
  from_height: T.Optional(Height),
  to_height: T.Optional(Height),
  invoked_by: T.Optional(
    T.String({ maxLength: 128, description: 'Outputs alone: id of what invoked the contract.' }),
  ),
  field: T.Optional(T.String({ maxLength: 64, description: 'Name of a custom field of the type.' })),
  equals: T.Optional(
    T.String({ maxLength: 1024, description: 'Of a field that is a tag, or a number in digits.' }),
  ),
  word: T.Optional(T.String({ maxLength: 256, description: 'Of a field that is text.' })),
  at_least: T.Optional(T.Number({ description: 'Of a field that is a number.' })),
  at_most: T.Optional(T.Number({ description: 'Of a field that is a number.' })),
  order: T.Optional(
    T.Union([T.Literal('oldest'), T.Literal('newest')], { description: '"oldest" (if absent) or "newest"' }),
  ),
}

export interface RecordFilters {
  readonly txn_type: string
  readonly kind?: 'record' | 'output'
  readonly tag?: string
  readonly from?: number
  readonly to?: number
  readonly from_height?: number
  readonly to_height?: number
  readonly invoked_by?: string
  readonly field?: string
  readonly equals?: string
  readonly word?: string
  readonly at_least?: number
  readonly at_most?: number
  readonly order?: 'oldest' | 'newest'
}
