import { ProtocolError, type ProtocolFault } from '../errors.js'

const decodeText = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Reads a payload from its first byte to its last; whatever is missing or out of bounds is a {@link ProtocolError}. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** The next byte, left where it is. */
  peek(): number {
    const next = this.u8()
    this.#offset -= 1
    return next
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true)
  }

  /** Ports alone are big-endian. */
  u16BigEndian(): number {
    return this.#view.getUint16(this.#take(2), false)
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true)
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true)
  }

  /** A count or length in its shortest form, at most `max`. */
  compactSize(max: number = Number.MAX_SAFE_INTEGER): number {
    const first = this.u8()
    if (first < 0xfd) return this.#within(first, max)
    if (first === 0xfd) return this.#within(this.#canonical(this.u16(), 0xfd), max)
    if (first === 0xfe) return this.#within(this.#canonical(this.u32(), 0x1_0000), max)
    const value = this.u64()
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      throw new ProtocolError('size_beyond_limit', `a size of ${value} is more than anything can have`)
    return this.#within(this.#canonical(Number(value), 0x1_0000_0000), max)
  }

  /** A number of 64 bits in the shortest form of a size. */
  compactU64(): bigint {
    if (this.peek() < 0xff) return BigInt(this.compactSize())
    this.u8()
    const value = this.u64()
    if (value < 0x1_0000_0000n)
      throw new ProtocolError('non_canonical_size', `the number ${value} is not written in its shortest form`)
    return value
  }

  /**
   * How many items follow, of at least `itemBytes` each: refused before anything is made of them when there are more than
   * `max`, or more than the rest of the payload can hold.
   */
  count(max: number, itemBytes: number, fault: ProtocolFault = 'size_beyond_limit'): number {
    const count = this.compactSize()
    if (count > max) throw new ProtocolError(fault, `${count} items are more than the ${max} allowed`)
    if (count * itemBytes > this.remaining)
      throw new ProtocolError('truncated_message', `${count} items do not fit into ${this.remaining} bytes`)
    return count
  }

  /** A view into the payload, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** 32 bytes in internal order: a view, not a copy. */
  hash(): Uint8Array {
    return this.bytes(32)
  }

  /** A length and so many bytes, at most `max` where it is given: a view, not a copy. */
  varBytes(max?: number): Uint8Array {
    return this.bytes(this.compactSize(max))
  }

  /** A length and so many bytes, one character each (Latin-1), so that any bytes survive. */
  varString(max?: number): string {
    return decodeText(this.varBytes(max))
  }

  /** @throws {ProtocolError} where bytes are left. */
  end(): void {
    if (this.remaining > 0)
      throw new ProtocolError('trailing_bytes', `${this.remaining} bytes follow the end of the message`)
  }

  #take(length: number): number {
    if (length > this.remaining)
      throw new ProtocolError(
        'truncated_message',
        `${length} bytes were expected at offset ${this.#offset}, ${this.remaining} are left`,
      )
    const start = this.#offset
    this.#offset += length
    return start
  }

  #canonical(value: number, least: number): number {
    if (value < least)
      throw new ProtocolError('non_canonical_size', `the size ${value} is not written in its shortest form`)
    return value
  }

  #within(value: number, max: number): number {
    if (value > max)
      throw new ProtocolError('size_beyond_limit', `a size of ${value} is more than the ${max} allowed`)
    return value
  }
}
