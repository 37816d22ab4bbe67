import { parseField } from 'pouchdb-selector-core'
import { messageOf } from '../../base/errors.js'
import { type Json, parseJson } from '../../base/json.js'
import { compileSelector, invalid, isObject, type Selector } from './selector.js'
import type { SortField } from './sort.js'

/** A query in CouchDB's JSON (Mango), understood. */
export interface RichQuery {
  readonly selector: Selector
  /** Empty: by key. */
  readonly sort: readonly SortField[]
  /** The only ones to give back; undefined: the whole document. */
  readonly fields: readonly (readonly string[])[] | undefined
  readonly skip: number
}

/** `limit` and `bookmark` have no effect in Fabric; the others are hints for CouchDB. */
const IGNORED = new Set([
  'use_index',
  'limit',
  'bookmark',
  'execution_stats',
  'allow_fallback',
  'conflicts',
  'r',
  'stable',
  'stale',
  'update',
])
const KNOWN = new Set(['selector', 'sort', 'fields', 'skip'])
const MAX_FIELDS = 200

/** @throws {StateRequestError} */
export function parseQuery(text: string, maxBytes: number): RichQuery {
  if (text.length > maxBytes) throw invalid(`it takes more than ${maxBytes} bytes`)
  const json = jsonOf(text)
  if (!isObject(json)) throw invalid('it is not a JSON object')
  const unknown = Object.keys(json).find((name) => !KNOWN.has(name) && !IGNORED.has(name))
  if (unknown !== undefined) throw invalid(`unknown member ${unknown.slice(0, 40)}`)
  const { selector, sort = [], fields, skip = 0 } = json
  if (selector === undefined) throw invalid('it has no selector')
  if (!Number.isSafeInteger(skip) || (skip as number) < 0)
    throw invalid('skip is not an integer of at least 0')
  return {
    selector: compileSelector(selector),
    sort: listOf(sort, 'sort').map(sortField),
    fields: fieldPaths(fields),
    skip: skip as number,
  }
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text)
  } catch (error) {
    throw invalid(messageOf(error))
  }
}

function sortField(json: Json): SortField {
  if (typeof json === 'string') return { path: parseField(json), descending: false }
  const [member, ...others] = isObject(json) ? Object.entries(json) : []
  if (!member || others.length > 0)
    throw invalid('sort takes fields, or objects of one field and asc or desc')
  const [name, direction] = member
  if (direction !== 'asc' && direction !== 'desc') throw invalid('sort goes asc or desc')
  return { path: parseField(name), descending: direction === 'desc' }
}

function fieldPaths(json: Json | undefined): RichQuery['fields'] {
  if (json === undefined) return undefined
  const paths = listOf(json, 'fields').map((field) => {
    if (typeof field !== 'string') throw invalid('fields is not a list of texts')
    return parseField(field)
  })
  return paths.length === 0 ? undefined : paths
}

function listOf(json: Json, what: string): readonly Json[] {
  if (!Array.isArray(json)) throw invalid(`${what} is not a list`)
  if (json.length > MAX_FIELDS) throw invalid(`${what} has more than ${MAX_FIELDS} items`)
  return json as readonly Json[]
}
