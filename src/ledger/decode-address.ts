import type { Json } from '../base/json.js'
import { isAddress } from './address.js'
import { ensure } from './shape.js'

export function decodeAddress(json: Json, what: string): string {
  ensure(isAddress(json), 'TX-7', `${what} is not 0x and 40 lower-case hex digits`)
  return json
}
