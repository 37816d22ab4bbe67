import type { Json } from '../../base/json.js'
import { ensure } from '../shape.js'
import { isWellFormed } from '../text.js'

/** Deepest nesting of the payload of a record or an output; a plain value has depth 0. */
const MAX_PAYLOAD_DEPTH = 32

/** Throws unless every program would print, and so hash, the value alike. */
export function requireHashable(json: Json, depth = 0): void {
  if (json === null || typeof json === 'boolean') return
  if (typeof json === 'number') {
    ensure(
      Number.isSafeInteger(json) && !Object.is(json, -0),
      'PAY-6',
      'payload has a number that is no safe integer',
    )
  } else if (typeof json === 'string') {
    requireWellFormed(json)
  } else {
    ensure(depth < MAX_PAYLOAD_DEPTH, 'PAY-7', `payload is nested deeper than ${MAX_PAYLOAD_DEPTH} levels`)
    if (!Array.isArray(json)) for (const key of Object.keys(json)) requireWellFormed(key)
    for (const item of Object.values(json)) requireHashable(item as Json, depth + 1)
  }
}

function requireWellFormed(text: string): void {
  ensure(isWellFormed(text), 'PAY-8', 'payload has text that is not well-formed Unicode')
}
