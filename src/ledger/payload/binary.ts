import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Json } from '../../base/json.js'
import { hexOf, membersOf, ensure } from '../shape.js'
import { isWellFormed, utf8Text } from '../text.js'

/** Bytes as they stand in JSON: readable where they are UTF-8 text, hex digits otherwise. */
export type Binary = { readonly text: string } | { readonly hex: string }

/** The one form for these bytes: text where they are well-formed UTF-8, hex digits otherwise. */
export function binaryOf(bytes: Uint8Array): Binary {
  const text = utf8Text(bytes)
  return text === undefined ? { hex: bytesToHex(bytes) } : { text }
}

/** The bytes that either form stands for. */
export function bytesOf(binary: Binary): Uint8Array {
  return 'text' in binary ? utf8ToBytes(binary.text) : hexToBytes(binary.hex)
}

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
