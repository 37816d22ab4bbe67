import { ProtocolError } from '../errors.js'
import { ByteReader } from '../wire/reader.js'

/** The most headers a message may have. */
export const MAX_HEADERS = 2000

const STRIDE = 81

/** Headers in a payload: from `entries` on, 80 bytes and a zero each. */
export interface HeadersPayload {
  readonly count: number
  /** A view into the payload. */
  readonly entries: Uint8Array
}

/**
 * Finds the headers in the payload of a `headers` message.
 * @throws {ProtocolError} too_many_headers, or whatever is wrong with its size
 */
export function parseHeadersPayload(payload: Uint8Array): HeadersPayload {
  const reader = new ByteReader(payload)
  const count = reader.compactSize()
  if (count > MAX_HEADERS)
    throw new ProtocolError(
      'too_many_headers',
      `${count} headers are more than the ${MAX_HEADERS} of a message`,
    )
  const entries = reader.bytes(count * STRIDE)
  reader.end()
  for (let at = STRIDE - 1; at < entries.length; at += STRIDE)
    if (entries[at] !== 0)
      throw new ProtocolError('bad_value', 'a header in a headers message has transactions')
  return { count, entries }
}
