import { fail } from '../../api/errors.js'
import type { RecordFilters } from '../../api/schemas/record.js'
import type { FieldCondition, RecordField, RecordQuery } from './record-queries.js'

type Query = Omit<RecordQuery, 'limit' | 'after'>

/** What callers ask for, as the index is asked. `fields`: those of the type. @throws {ApiError} INVALID_PARAMS */
export function recordQuery(filters: RecordFilters, fields: readonly RecordField[]): Query {
  const parts: { readonly [K in keyof Query]: Query[K] | undefined } = {
    txnType: filters.txn_type,
    order: filters.order ?? 'oldest',
    kind: filters.kind,
    tag: filters.tag,
    fromMs: filters.from,
    toMs: filters.to,
    fromHeight: filters.from_height,
    toHeight: filters.to_height,
    invokedBy: filters.invoked_by,
    field: conditionOf(filters, fields),
  }
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== undefined),
  ) as unknown as Query
}

function conditionOf(
  { field: name, equals, word, at_least: from, at_most: to }: RecordFilters,
  fields: readonly RecordField[],
): FieldCondition | undefined {
  const ways = [equals, word, from ?? to].filter((way) => way !== undefined).length
  if (name === undefined) {
    if (ways > 0) fail('INVALID_PARAMS', 'field is missing: which one is it about?', { path: '/field' })
    return undefined
  }
  if (ways !== 1)
    fail('INVALID_PARAMS', 'field goes with one of equals, word, or at_least and at_most', { path: '/field' })
  const field = fields.find((each) => each.name === name)
  if (!field) fail('INVALID_PARAMS', `the type has no field ${JSON.stringify(name)}`, { path: '/field' })
  if (word !== undefined) return { name, word }
  if (equals === undefined)
    return { name, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  return { name, equals: field.type === 'number' ? numberOf(equals) : equals }
}

function numberOf(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value))
    fail('INVALID_PARAMS', `equals is no number, but the field is one`, { path: '/equals' })
  return value
}
