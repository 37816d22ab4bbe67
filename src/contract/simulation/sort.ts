import { rowFilter } from 'pouchdb-selector-core'
import type { Json } from '../../base/json.js'
import { compareUtf8 } from '../../ledger/text.js'

export interface SortField {
  readonly path: readonly string[]
  readonly descending: boolean
}

/** A document's place in a sorted result: its values of the sort fields, and its key. */
export interface SortKey {
  readonly key: string
  readonly values: readonly (Json | undefined)[]
}

/** Orders as CouchDB does; a missing value comes before all others, and equal documents go by their keys. */
export function bySortFields(fields: readonly SortField[]): (a: SortKey, b: SortKey) => number {
  return (a, b) => {
    for (const [index, { descending }] of fields.entries()) {
      const order = compareJson(a.values[index], b.values[index])
      if (order !== 0) return descending ? -order : order
    }
    const order = compareUtf8(a.key, b.key)
    return fields.at(-1)?.descending ? -order : order
  }
}

function compareJson(a: Json | undefined, b: Json | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined)
  if (typeof a === typeof b && (typeof a === 'string' || typeof a === 'number')) {
    const [left, right] = [a, b as typeof a]
    return left < right ? -1 : Number(left > right)
  }
  const is = (operator: string) => rowFilter({ a }, { a: { [operator]: b } }, ['a'])
  if (is('$lt')) return -1
  return is('$gt') ? 1 : 0
}
