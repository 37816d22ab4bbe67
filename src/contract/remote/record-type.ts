/** What callers can find records by besides type, tag and time: a place in their payload. */
export interface CustomField {
  /** Name to ask by. */
  readonly fieldName: string
  /** Where it stands in the payload: `$.order.lines[0].sku`. */
  readonly path: string
  /** text: one whole text; tag: several in one text, parted by commas; number: an integer. */
  readonly type: 'text' | 'tag' | 'number'
}

/** A type of records that this node takes from its callers. Plain JSON data. */
export interface RecordType {
  readonly txnType: string
  readonly customFields: readonly CustomField[]
  /** In ms since 1970. */
  readonly createdMs: number
}
