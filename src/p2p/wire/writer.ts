import { UsageError } from '../errors.js'

/** How many bytes a count or length takes in its shortest form. */
export function compactSizeLength(value: number): 1 | 3 | 5 | 9 {
  if (value < 0xfd) return 1
  if (value <= 0xffff) return 3
  return value <= 0xffff_ffff ? 5 : 9
}

/** Builds a payload; grows as needed. */
export class ByteWriter {
  #bytes: Uint8Array
  #view: DataView
  #length = 0

  /** `capacity` in bytes, where it is known, spares copies. */
  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  u8(value: number): this {
    const start = this.#grow(1)
    this.#view.setUint8(start, value)
    return this
  }

  u16(value: number): this {
    const start = this.#grow(2)
    this.#view.setUint16(start, value, true)
    return this
  }

  /** Ports alone are big-endian. */
  u16BigEndian(value: number): this {
    const start = this.#grow(2)
    this.#view.setUint16(start, value, false)
    return this
  }

  u32(value: number): this {
    const start = this.#grow(4)
    this.#view.setUint32(start, value, true)
    return this
  }

  i32(value: number): this {
    const start = this.#grow(4)
    this.#view.setInt32(start, value, true)
    return this
  }

  u64(value: bigint): this {
    const start = this.#grow(8)
    this.#view.setBigUint64(start, value, true)
    return this
  }

  i64(value: bigint): this {
    const start = this.#grow(8)
    this.#view.setBigInt64(start, value, true)
    return this
  }

  compactSize(value: number): this {
    const length = compactSizeLength(value)
    if (length === 1) return this.u8(value)
    if (length === 3) return this.u8(0xfd).u16(value)
    return length === 5 ? this.u8(0xfe).u32(value) : this.u8(0xff).u64(BigInt(value))
  }

  bytes(value: Uint8Array): this {
    const start = this.#grow(value.length)
    this.#bytes.set(value, start)
    return this
  }

  /** A number of 64 bits in the shortest form of a size. */
  compactU64(value: bigint): this {
    return value > 0xffff_ffffn ? this.u8(0xff).u64(value) : this.compactSize(Number(value))
  }

  /** Exactly `length` bytes. @throws {UsageError} for any other number of them. */
  fixed(value: Uint8Array, length: number): this {
    if (value.length !== length) throw new UsageError(`${value.length} bytes stand where ${length} belong`)
    return this.bytes(value)
  }

  /** 32 bytes in internal order. */
  hash(value: Uint8Array): this {
    return this.fixed(value, 32)
  }

  varBytes(value: Uint8Array): this {
    return this.compactSize(value.length).bytes(value)
  }

  /** One byte a character (Latin-1), as `ByteReader.varString` reads them. */
  varString(value: string): this {
    return this.varBytes(Uint8Array.from(value, (character) => character.charCodeAt(0)))
  }

  /** What was written: a view, not a copy. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Makes room, which may replace `#bytes` and `#view`: only then may they be used. */
  #grow(length: number): number {
    const start = this.#length
    this.#length += length
    if (this.#length > this.#bytes.length) {
      const bytes = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length))
      bytes.set(this.#bytes.subarray(0, start))
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer)
    }
    return start
  }
}
