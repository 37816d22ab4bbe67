import { ProtocolError, UsageError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { BLOCK_HEADER_BYTES } from './block-header.js'

/** The most headers of one message. */
export const MAX_HEADERS = 2000

/** Bytes from one header to the next: each is followed by a count of transactions, which is zero. */
export const HEADER_STRIDE = BLOCK_HEADER_BYTES + 1

/** The headers as they came, without an object for each. */
export interface Headers {
  readonly count: number
  /** The first starts at 0, the next {@link HEADER_STRIDE} bytes later: a view of the payload. */
  readonly raw: Uint8Array
}

/** The 80 bytes of a header by its place in the message, a view. */
export function headerAt({ raw }: Headers, index: number): Uint8Array {
  return raw.subarray(index * HEADER_STRIDE, index * HEADER_STRIDE + BLOCK_HEADER_BYTES)
}

/** From headers of 80 bytes each, one after the other. @throws {UsageError} for bytes that are not whole headers. */
export function packHeaders(headers: Uint8Array): Headers {
  const count = headers.length / BLOCK_HEADER_BYTES
  if (!Number.isInteger(count)) throw new UsageError(`${headers.length} bytes are not whole headers`)
  const raw = new Uint8Array(count * HEADER_STRIDE)
  for (let index = 0; index < count; index++)
    raw.set(
      headers.subarray(index * BLOCK_HEADER_BYTES, (index + 1) * BLOCK_HEADER_BYTES),
      index * HEADER_STRIDE,
    )
  return { count, raw }
}

/** @throws {UsageError} for more than 2000 headers, or another number of bytes than `count` has. */
export function encodeHeaders({ count, raw }: Headers): Uint8Array {
  if (count > MAX_HEADERS) throw new UsageError(`${count} headers are more than the ${MAX_HEADERS} allowed`)
  return new ByteWriter(3 + raw.length)
    .compactSize(count)
    .fixed(raw, count * HEADER_STRIDE)
    .finish()
}

export function decodeHeaders(payload: Uint8Array): Headers {
  const reader = new ByteReader(payload)
  const count = reader.count(MAX_HEADERS, HEADER_STRIDE, 'too_many_headers')
  const raw = reader.bytes(count * HEADER_STRIDE)
  reader.end()
  for (let at = BLOCK_HEADER_BYTES; at < raw.length; at += HEADER_STRIDE)
    if (raw[at] !== 0) throw new ProtocolError('bad_value', 'a header is followed by transactions')
  return { count, raw }
}
