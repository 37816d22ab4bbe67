import type { RecordField } from './record-queries.js'

/** A type of records that this node takes from its callers. Plain JSON data. */
export interface RecordType {
  readonly txnType: string
  readonly customFields: readonly RecordField[]
  /** In ms since 1970. */
  readonly createdMs: number
}
