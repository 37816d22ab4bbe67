/** What state requests without a result resolve to, as contracts of Fabric see it: an empty buffer. */
export const NO_BYTES = Buffer.alloc(0)

/** The same bytes, not copied, as the Buffer that contracts expect. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** What an author gives as a value: text stands for its UTF-8 bytes, nothing for no bytes. */
export function valueBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') return Buffer.from(value)
  if (value === undefined || value === null) return NO_BYTES
  throw new Error('value must be a Uint8Array or a string')
}
