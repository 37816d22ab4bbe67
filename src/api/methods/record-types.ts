import { Type as T } from '@sinclair/typebox'
import { exampleRecordType } from '../examples/remote.js'
import { methods } from '../method.js'
import type { RecordsPort } from '../ports/remote.js'
import { DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'
import { CustomFields, RecordTypeJson, RecordTypeName } from '../schemas/record.js'

const method = methods<{ records: RecordsPort }>()

const OneType = T.Object({ txn_type: RecordTypeName }, { additionalProperties: false })
const { txn_type, custom_fields } = exampleRecordType

/** What records a node takes from its callers, and what they are found by. */
export const recordTypes = {
  'record_types.list': method({
    summary: 'Types of records that this node takes, by name',
    params: T.Object(pageParams('^[\\s\\S]{1,128}$'), { additionalProperties: false }),
    result: T.Object(
      { record_types: T.Array(RecordTypeJson), next_cursor: NextCursor },
      { additionalProperties: false },
    ),
    http: 'GET /record-types/',
    changesWith: ['remote.changed'],
    example: { params: {}, result: { record_types: [exampleRecordType], next_cursor: null } },
    handle: async ({ limit = DEFAULT_LIMIT, cursor }, { records }) => {
      const { items, next } = await records.types(cursor, limit)
      return { record_types: [...items], next_cursor: next }
    },
  }),
  'record_types.register': method({
    summary: 'Take records of a type, and say what they are found by',
    params: T.Object(
      { txn_type: RecordTypeName, custom_fields: T.Optional(CustomFields) },
      { additionalProperties: false },
    ),
    result: RecordTypeJson,
    http: 'POST /record-types/',
    scope: 'admin',
    errors: ['RECORD_TYPE_TAKEN', 'REMOTE_LIMIT'],
    example: { params: { txn_type, custom_fields }, result: { ...exampleRecordType, contract_id: null } },
    handle: ({ txn_type: name, custom_fields: fields = [] }, { records }) =>
      records.registerType(name, fields),
  }),
  'record_types.get': method({
    summary: 'One type of records',
    params: OneType,
    result: RecordTypeJson,
    http: 'GET /record-types/{txn_type}/',
    errors: ['RECORD_TYPE_NOT_FOUND'],
    changesWith: ['remote.changed'],
    example: { params: { txn_type }, result: exampleRecordType },
    handle: ({ txn_type: name }, { records }) => records.type(name),
  }),
  'record_types.delete': method({
    summary: 'Take no more records of a type; those of the chain stay, found by no fields',
    params: OneType,
    result: OneType,
    http: 'DELETE /record-types/{txn_type}/',
    scope: 'admin',
    errors: ['RECORD_TYPE_NOT_FOUND', 'RECORD_TYPE_IN_USE'],
    example: { params: { txn_type }, result: { txn_type } },
    handle: async ({ txn_type: name }, { records }) => {
      await records.deleteType(name)
      return { txn_type: name }
    },
  }),
}
