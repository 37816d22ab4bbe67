/** The part of the library that is used here. */
declare module 'pouchdb-selector-core' {
  /** The members of a path such as `owner.name`; a backslash takes a dot's meaning away. */
  export function parseField(field: string): string[]
  /** Whether the fields of a document meet their operators, which must be given in full. */
  export function rowFilter(document: object, selector: object, fields: readonly string[]): boolean
}
