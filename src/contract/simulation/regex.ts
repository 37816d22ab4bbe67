import { messageOf } from '../../base/errors.js'
import type { Json } from '../../base/json.js'
import { StateRequestError } from './state-requests.js'

const MAX_PATTERN_LENGTH = 1000
/** Options at the start of a pattern, as CouchDB's expressions have them; JavaScript has them as flags. */
const OPTIONS = /^\(\?([ims]+)\)/

/** @throws {StateRequestError} */
export function regexOf(json: Json): RegExp {
  if (typeof json !== 'string') throw new StateRequestError('invalid query: $regex takes a text')
  if (json.length > MAX_PATTERN_LENGTH)
    throw new StateRequestError(`invalid query: $regex is longer than ${MAX_PATTERN_LENGTH} characters`)
  const options = OPTIONS.exec(json)
  try {
    return new RegExp(json.slice(options?.[0].length ?? 0), [...new Set(options?.[1])].join(''))
  } catch (error) {
    throw new StateRequestError(`invalid query: ${messageOf(error)}`)
  }
}
