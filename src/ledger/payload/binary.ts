import type { Json } from '../../base/json.js'
import { hexOf, membersOf, ensure } from '../shape.js'
import { isWellFormed } from '../text.js'

/** Bytes as they stand in JSON: readable where they are UTF-8 text, hex digits otherwise. */
export type Binary = { readonly text: string } | { readonly hex: string }

export function decodeBinary(json: Json, what: string): Binary {
  const { text, hex } = membersOf(json, 'PAY-9', what, [], ['text', 'hex'])
  if (text !== undefined) {
    ensure(hex === undefined, 'PAY-9', `${what} has both text and hex`)
    ensure(typeof text === 'string' && isWellFormed(text), 'PAY-9', `${what} is not well-formed text`)
    return { text }
  }
  ensure(typeof hex === 'string' && hex.length % 2 === 0, 'PAY-9', `${what} is neither text nor hex digits`)
  return { hex: hexOf(hex, 'PAY-9', what, hex.length) }
}
