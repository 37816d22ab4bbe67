import type { Bytes } from '../../api/schemas/contract.js'
import { jsonIn } from '../../base/json.js'
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
  const json = mayBeJson(text) ? jsonIn(text) : undefined
  return json === undefined ? { text } : { text, json }
}

/** Whether it is worth a try: not long, and its first character may begin JSON. */
function mayBeJson(text: string): boolean {
  return text.length <= MAX_JSON_LENGTH && /^\s*[[{"\-\dtfn]/.test(text)
}
