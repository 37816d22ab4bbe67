import { fail } from '../../api/errors.js'
import { type RecordField, RecordFieldError, type RecordQueries } from './record-queries.js'
import type { RecordType } from './record-type.js'
import type { RegistryStore } from './registry-rows.js'

const MAX_TYPES = 10_000

/** Types of records that this node takes. */
export class RegistryTypes {
  readonly #queries: Pick<RecordQueries, 'define' | 'undefine'>
  readonly #rows = new Map<string, RecordType>()

  constructor(store: Pick<RegistryStore, 'types'>, queries: Pick<RecordQueries, 'define' | 'undefine'>) {
    this.#queries = queries
    for (const row of store.types()) this.#rows.set(row.txnType, row)
  }

  /** Says again what each type is found by. */
  async define(): Promise<void> {
    const rows = [...this.#rows.values()]
    await Promise.all(rows.map(({ txnType, customFields }) => this.#queries.define(txnType, customFields)))
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

  /** Makes ready for a type that is not yet written. @throws {ApiError} it is there, its fields cannot be, or there are too many */
  async prepare(txnType: string, customFields: readonly RecordField[]): Promise<void> {
    if (this.#rows.has(txnType))
      fail('RECORD_TYPE_TAKEN', `the type ${JSON.stringify(txnType)} is registered already`, {
        txn_type: txnType,
      })
    if (this.#rows.size >= MAX_TYPES)
      fail('REMOTE_LIMIT', `this node keeps at most ${MAX_TYPES} types`, { limit: MAX_TYPES })
    try {
      await this.#queries.define(txnType, customFields)
    } catch (error) {
      if (error instanceof RecordFieldError)
        fail('INVALID_PARAMS', `custom_fields: ${error.message}`, { path: '/custom_fields' })
      throw error
    }
  }

  /** What was written. */
  added(row: RecordType): void {
    this.#rows.set(row.txnType, row)
  }

  /** What was written. */
  async removed(txnType: string): Promise<void> {
    this.#rows.delete(txnType)
    await this.#queries.undefine(txnType)
  }
}
