import { ProtocolError } from '../errors.js'

/** Of a count or length that is not in one byte: how many bytes its first byte says that it takes. */
export function sizeLength(first: number): 3 | 5 | 9 {
  if (first === 0xfd) return 3
  return first === 0xfe ? 5 : 9
}

/** @throws {ProtocolError} for a size that is not in its shortest form. */
export function largeSize(bytes: Uint8Array, at: number, length: 3 | 5 | 9): number {
  let value = (bytes[at + 1] as number) | ((bytes[at + 2] as number) << 8)
  for (let i = 3, unit = 0x1_0000; i < length; i++, unit *= 256) value += unit * (bytes[at + i] as number)
  if (value < (length === 3 ? 0xfd : length === 5 ? 0x1_0000 : 0x1_0000_0000))
    throw new ProtocolError('non_canonical_size', `the size ${value} is not written in its shortest form`)
  return value
}
