/** Which dialect a network speaks; version numbers alone do not tell. */
export type Family = 'bsv' | 'bch' | 'btc'

interface Dialect {
  /** Transactions may carry witnesses. */
  readonly witness: boolean
  /** Messages above 4 GiB travel under an extended header. */
  readonly extendedHeaders: boolean
}

/** What the families do differently on the wire. */
export const DIALECTS: Readonly<Record<Family, Dialect>> = {
  bsv: { witness: false, extendedHeaders: true },
  bch: { witness: false, extendedHeaders: false },
  btc: { witness: true, extendedHeaders: false },
}
