/** Marks the transaction that creates a block's reward. The height keeps the ids of two coinbases apart. */
export interface CoinbasePayload {
  readonly kind: 'coinbase'
  readonly height: number
}
