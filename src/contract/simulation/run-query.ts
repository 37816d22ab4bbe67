import type { Json } from '../../base/json.js'
import { mergeSort } from './merge-sort.js'
import type { RichQuery } from './rich-query.js'
import { isObject, type JsonObject, type Selector, valueAt } from './selector.js'
import type { Session } from './session.js'
import { bySortFields, type SortKey } from './sort.js'
import { type PageRequest, StateRequestError, type StateResult } from './state-requests.js'

/** The rows a rich query chooses from. */
export interface RowSource {
  /** In the order of their keys, from `start` on. Looking at a row does not make the call depend on it. */
  rows(start: string): Iterable<Candidate>
  /** A row of `rows`, to be handed out: from now on the call depends on it. */
  take(key: string): StateResult
}

export interface Candidate {
  readonly key: string
  /** '' where the value is no text. */
  readonly text: string
}

/** Where a page of a query starts: at a key, or in a sorted result after so many. */
export type QueryStart = { readonly key: string } | { readonly place: number }

const CHUNK_ROWS = 256
const CHUNK_LENGTH = 1024 * 1024
/** How the text of a JSON object begins. */
const OBJECT = /^[ \t\n\r]*\{/

interface Hit {
  readonly key: string
  readonly document: JsonObject
}

/** The results of a query in its order, each found when it is asked for unless they are sorted. */
export function* runQuery(
  session: Session,
  source: RowSource,
  query: RichQuery,
  start: QueryStart | undefined,
): Generator<StateResult | undefined> {
  const isSorted = query.sort.length > 0
  const hits = matchingRows(session, source.rows(start && 'key' in start ? start.key : ''), query)
  const ordered = isSorted ? yield* sorted(hits, query, session.settings.maxSortedKeys) : hits
  let skip = skipped(query, start)
  for (const hit of ordered) {
    if (!hit) yield
    else if (skip > 0) skip -= 1
    else yield projected(source.take(hit.key), query.fields)
  }
}

/** How many results come before the first to hand out. */
function skipped({ skip }: RichQuery, start: QueryStart | undefined): number {
  if (!start) return skip
  return 'place' in start ? start.place : 0
}

/** @throws {StateRequestError} where it is none of such a query */
export function decodeBookmark({ sort }: RichQuery, { bookmark }: PageRequest): QueryStart | undefined {
  if (bookmark === '') return undefined
  const text = Buffer.from(bookmark, 'base64url').toString('utf8')
  if (sort.length === 0 && text.startsWith('k')) return { key: text.slice(1) }
  if (sort.length > 0 && /^p\d{1,9}$/.test(text)) return { place: Number(text.slice(1)) }
  throw new StateRequestError('invalid query: the bookmark is not one of this query')
}

/** The bookmark of the page that begins with `following`, `count` results after `start`. */
export function encodeBookmark(
  query: RichQuery,
  start: QueryStart | undefined,
  following: StateResult,
  count: number,
): string {
  const text = query.sort.length > 0 ? `p${skipped(query, start) + count}` : `k${following.key}`
  return Buffer.from(text, 'utf8').toString('base64url')
}

/** Undefined after some rows: their matches are complete. */
function* matchingRows(
  session: Session,
  rows: Iterable<Candidate>,
  { selector }: RichQuery,
): Generator<Hit | undefined> {
  for (const chunk of inChunks(rows)) {
    session.budget.scan(chunk.length)
    const match = () => hitsOf(chunk, selector)
    yield* selector.hasRegex ? session.budget.match(match) : match()
    yield
  }
}

function* inChunks(rows: Iterable<Candidate>): Generator<readonly Candidate[]> {
  let chunk: Candidate[] = []
  let length = 0
  for (const row of rows) {
    chunk.push(row)
    length += row.text.length
    if (chunk.length < CHUNK_ROWS && length < CHUNK_LENGTH) continue
    yield chunk
    chunk = []
    length = 0
  }
  yield chunk
}

function hitsOf(rows: readonly Candidate[], { matches, literals }: Selector): readonly Hit[] {
  const hits: Hit[] = []
  for (const { key, text } of rows) {
    if (!mayHave(text, literals)) continue
    const document = documentOf(text)
    if (!document) continue
    // CouchDB has the key in the document, and selectors ask for it there.
    document['_id'] = key
    if (isMatch(document, matches)) hits.push({ key, document })
  }
  return hits
}

/** Spares parsing most documents; with escapes a text may be spelled in any way. */
function mayHave(text: string, literals: readonly string[]): boolean {
  return literals.every((literal) => text.includes(literal)) || text.includes('\\')
}

/** A document nested so deep that comparing it takes more than the stack there is matches nothing. */
function isMatch(document: Json, matches: (document: Json) => boolean): boolean {
  try {
    return matches(document)
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** Undefined unless the text is a JSON object: nothing else is seen by rich queries. */
function documentOf(text: string): Record<string, Json> | undefined {
  if (!OBJECT.test(text)) return undefined
  try {
    return JSON.parse(text) as Record<string, Json>
  } catch {
    return undefined
  }
}

function* sorted(
  hits: Iterable<Hit | undefined>,
  { sort }: RichQuery,
  maxKeys: number,
): Generator<undefined, readonly SortKey[]> {
  const keys: SortKey[] = []
  for (const hit of hits) {
    if (!hit) {
      yield
      continue
    }
    if (keys.length === maxKeys)
      throw new StateRequestError(`the query sorts more than ${maxKeys} keys; narrow its selector`)
    keys.push({ key: hit.key, values: sort.map(({ path }) => valueAt(hit.document, path)) })
  }
  return yield* mergeSort(keys, bySortFields(sort))
}

function projected(row: StateResult, fields: RichQuery['fields']): StateResult {
  if (!fields) return row
  const document = documentOf(Buffer.from(row.value).toString('utf8'))
  const chosen: Tree = Object.create(null) as Tree
  for (const path of fields) {
    const value = valueAt(document, path)
    if (value !== undefined) plant(chosen, path, value)
  }
  return { ...row, value: Buffer.from(textOf(chosen)) }
}

/** An object without a prototype, so that a field may have any name. */
interface Tree {
  [name: string]: Json | Tree
}

function plant(tree: Tree, path: readonly string[], value: Json): void {
  let at = tree
  for (const name of path.slice(0, -1)) {
    const inner = at[name]
    if (inner !== undefined && !isObject(inner)) return
    at = at[name] = Object.assign(Object.create(null) as Tree, inner)
  }
  at[path.at(-1) as string] = value
}

function textOf(tree: Tree): string {
  try {
    return JSON.stringify(tree)
  } catch {
    throw new StateRequestError('a document of the result is nested too deep to choose fields of it')
  }
}
