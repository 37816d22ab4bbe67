/** What an address owns and did, in the chain alone. */
export interface AddressTotals {
  /** In units. */
  readonly balance: number
  readonly unspentOutputs: number
  readonly transactions: number
}

/** A transaction of the chain as one address sees it; amounts in units. */
export interface AddressEvent {
  readonly id: string
  readonly height: number
  /** Within its block, counted from 0. */
  readonly index: number
  readonly received: number
  readonly sent: number
}

/** An address among others by what it owns. */
export interface Wealth {
  readonly address: string
  /** In units. */
  readonly balance: number
}
