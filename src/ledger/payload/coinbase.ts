import type { Json } from '../../base/json.js'
import { integerOf, MAX_U32, membersOf } from '../shape.js'

/** Marks the transaction that creates a block's reward. The height keeps the ids of two coinbases apart. */
export interface CoinbasePayload {
  readonly kind: 'coinbase'
  readonly height: number
}

export function decodeCoinbase(json: Json): CoinbasePayload {
  const { height } = membersOf(json, 'PAY-2', 'coinbase', ['kind', 'height'])
  return { kind: 'coinbase', height: integerOf(height, 'PAY-3', 'height', 0, MAX_U32) }
}

export function encodeCoinbase(payload: CoinbasePayload): Json {
  return { kind: payload.kind, height: payload.height }
}
