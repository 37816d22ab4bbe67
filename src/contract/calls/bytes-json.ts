import type { Bytes } from '../../api/schemas/contract.js'
import { type Json, JsonError, parseJson } from '../../base/json.js'
import { binaryOf, type Binary } from '../../ledger/payload/binary.js'

/** Text longer than this is not read as JSON too: it would stand in the answer twice. */
const MAX_JSON_LENGTH = 1_000_000

/** Bytes as they are shown to people. */
export function bytesJson(bytes: Uint8Array): Bytes {
  return binaryJson(binaryOf(bytes))
}

export function binaryJson(binary: Binary): Bytes {
  if ('hex' in binary) return { hex: binary.hex }
  const { text } = binary
  const json = jsonIn(text)
  return json === undefined ? { text } : { text, json }
}

/** Undefined where the text is no JSON. */
function jsonIn(text: string): Json | undefined {
  if (text.length > MAX_JSON_LENGTH || !/^\s*[[{"\-\dtfn]/.test(text)) return undefined
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
}
