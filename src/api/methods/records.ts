import { Type as T } from '@sinclair/typebox'
import { exampleRecord, exampleRecordId } from '../examples/remote.js'
import { methods } from '../method.js'
import type { RecordsPort } from '../ports/remote.js'
import { Hash } from '../schemas/common.js'
import { LooseJson } from '../schemas/loose.js'
import { cursorNumber, cursorParts, DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'
import {
  NewRecord,
  RecordAnswer,
  recordFilters,
  SubmittedRecord,
  SubmittedRecords,
} from '../schemas/record.js'

const method = methods<{ records: RecordsPort }>()

/** Most records of one call. */
const MAX_BATCH = 5000
const MAX_U32 = 0xffffffff

const { header, payload } = exampleRecord.transaction
const record = { txn_type: header.txn_type, tag: header.tag, payload }
const submitted = { transaction_id: exampleRecordId, timestamp: exampleRecord.timestamp }

/** Typed data on the chain: what invokes remote contracts, and what they make of it. */
export const records = {
  'records.submit': method({
    summary:
      'Put a record on the chain, signed by this node; answers when it waits for a block, kept on disk',
    params: NewRecord,
    result: SubmittedRecord,
    http: 'POST /records/',
    scope: 'admin',
    errors: ['INVALID_RECORD_TYPE', 'RULE_BROKEN', 'BODY_TOO_LARGE', 'BACKLOG_FULL'],
    example: { params: record, result: submitted },
    handle: (params, { records: port }) => port.submit(params),
  }),
  'records.submit_many': method({
    summary: 'Put many records on the chain, each on its own: the answers come in their order',
    params: T.Object(
      {
        records: T.Array(LooseJson, {
          minItems: 1,
          maxItems: MAX_BATCH,
          description: 'Records as records.submit takes them.',
        }),
      },
      { additionalProperties: false },
    ),
    paramsShape: T.Object(
      { records: T.Array(NewRecord, { minItems: 1, maxItems: MAX_BATCH }) },
      { additionalProperties: false },
    ),
    result: SubmittedRecords,
    http: 'POST /records/batch/',
    scope: 'admin',
    errors: ['BODY_TOO_LARGE'],
    example: { params: { records: [record] }, result: { accepted: 1, results: [submitted] } },
    handle: ({ records: items }, { records: port }) => port.submitMany(items),
  }),
  'records.get': method({
    summary: 'One record or output of a contract, pending or in the chain, as contracts read it',
    params: T.Object({ transaction_id: Hash }, { additionalProperties: false }),
    result: RecordAnswer,
    http: 'GET /records/{transaction_id}/',
    errors: ['RECORD_NOT_FOUND'],
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: { params: { transaction_id: exampleRecordId }, result: exampleRecord },
    handle: ({ transaction_id }, { records: port }) => port.get(transaction_id),
  }),
  'records.list': method({
    summary:
      'Records and outputs of the chain by type, tag, time and custom fields, in the order of the chain',
    params: T.Object(
      { ...recordFilters, ...pageParams('^\\d{1,10}-\\d{1,10}$') },
      { additionalProperties: false },
    ),
    result: T.Object(
      {
        records: T.Array(RecordAnswer, {
          description: 'May be fewer than asked for, or none, where there are more pages.',
        }),
        next_cursor: NextCursor,
      },
      { additionalProperties: false },
    ),
    http: 'GET /records/',
    changesWith: ['chain.tip'],
    example: {
      params: { txn_type: 'orders', field: 'sku', equals: 'A-1' },
      result: { records: [exampleRecord], next_cursor: null },
    },
    handle: async ({ limit = DEFAULT_LIMIT, cursor, ...filters }, { records: port }) => {
      const { items, next } = await port.list(
        filters,
        cursor === undefined ? undefined : placeOf(cursor),
        limit,
      )
      return { records: [...items], next_cursor: next && `${next.height}-${next.index}` }
    },
  }),
}

function placeOf(cursor: string): { readonly height: number; readonly index: number } {
  const [height, index] = cursorParts(cursor)
  return { height: cursorNumber(height, MAX_U32), index: cursorNumber(index, MAX_U32) }
}
