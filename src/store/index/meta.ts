/** What an index says of itself. */
export interface Meta {
  readonly format: number
  readonly chainId: string
  /** Hash of the last block; undefined before block 0. */
  readonly tip: string | undefined
  /** The number for the next header that comes to be known. */
  readonly sequence: number
  readonly transactions: number
  readonly addresses: number
  readonly unspentOutputs: number
  /** A rebuild has begun and not ended. */
  readonly isBeingRebuilt: boolean
}

/** Raised whenever the layout changes: an index of another version is rebuilt. */
export const FORMAT = 6

export const EMPTY_META: Meta = {
  format: FORMAT,
  chainId: '',
  tip: undefined,
  sequence: 0,
  transactions: 0,
  addresses: 0,
  unspentOutputs: 0,
  isBeingRebuilt: false,
}
