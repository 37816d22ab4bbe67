import { fail } from '../../api/errors.js'
import type { CustomField, RecordType } from './record-type.js'
import type { RegistryStore } from './registry-rows.js'

const MAX_TYPES = 10_000
/** Places in a payload: members by name, items of lists by number. */
const PATH = /^\$(\.[A-Za-z_][A-Za-z0-9_-]*|\[\d{1,9}\])+$/
/** What every record can be found by without a field. */
const RESERVED: ReadonlySet<string> = new Set(['timestamp', 'tag', 'block_id', 'invoker', 'txn_type'])

/** Types of records that this node takes. */
export class RegistryTypes {
  readonly #rows = new Map<string, RecordType>()

  constructor(store: Pick<RegistryStore, 'types'>) {
    for (const row of store.types()) this.#rows.set(row.txnType, row)
  }

  get(txnType: string): RecordType | undefined {
    return this.#rows.get(txnType)
  }

  /** By name, after the one given. */
  *after(name: string | undefined): Generator<RecordType> {
    const names = [...this.#rows.keys()].sort()
    for (const each of names) {
      const row = this.#rows.get(each)
      if (row && (name === undefined || each > name)) yield row
    }
  }

  /** @throws {ApiError} one of this name is there, a field is not in order, or there are too many */
  requireNew(txnType: string, customFields: readonly CustomField[]): void {
    if (this.#rows.has(txnType))
      fail('RECORD_TYPE_TAKEN', `the type ${JSON.stringify(txnType)} is registered already`, {
        txn_type: txnType,
      })
    if (this.#rows.size >= MAX_TYPES)
      fail('REMOTE_LIMIT', `this node keeps at most ${MAX_TYPES} types`, { limit: MAX_TYPES })
    checkFields(customFields)
  }

  /** What was written. */
  added(row: RecordType): void {
    this.#rows.set(row.txnType, row)
  }

  /** What was written. */
  removed(txnType: string): void {
    this.#rows.delete(txnType)
  }
}

function checkFields(fields: readonly CustomField[]): void {
  const seen = new Set<string>()
  for (const [i, { fieldName, path }] of fields.entries()) {
    const at = `/custom_fields/${i}`
    if (RESERVED.has(fieldName))
      fail('INVALID_PARAMS', `custom_fields: ${fieldName} is what every record has already`, {
        path: `${at}/field_name`,
      })
    if (seen.has(fieldName))
      fail('INVALID_PARAMS', `custom_fields: ${fieldName} stands there twice`, { path: `${at}/field_name` })
    if (!PATH.test(path))
      fail('INVALID_PARAMS', `custom_fields: a path is such as $.order.lines[0].sku, not ${path}`, {
        path: `${at}/path`,
      })
    seen.add(fieldName)
  }
}
