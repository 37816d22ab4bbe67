import { ensure } from '../shape.js'

const VARINT = 0
const BYTES = 2

/**
 * The fields of a protobuf message, read strictly: those nobody knows, those of another type and those given twice are
 * refused, because two readers could take them differently. Only numbers below 2^35 and bytes are known.
 */
export class ProtobufMessage {
  readonly #rule: string
  readonly #numbers = new Map<number, number>()
  readonly #parts = new Map<number, Uint8Array[]>()

  /** @throws {RuleError} of `rule`, unless all fields are among those numbered */
  constructor(bytes: Uint8Array, rule: string, known: readonly number[]) {
    this.#rule = rule
    const reader = new Reader(bytes, rule)
    while (!reader.isAtEnd) {
      const tag = reader.varint()
      const [field, type] = [Math.floor(tag / 8), tag % 8]
      ensure(known.includes(field), rule, 'a message has a field nobody knows')
      ensure(type === VARINT || type === BYTES, rule, 'a message has a field of a type nobody knows')
      if (type === BYTES) {
        const parts = this.#parts.get(field)
        if (parts) parts.push(reader.bytes())
        else this.#parts.set(field, [reader.bytes()])
      } else {
        ensure(!this.#numbers.has(field), rule, 'a message has a field twice')
        this.#numbers.set(field, reader.varint())
      }
    }
  }

  number(field: number): number | undefined {
    ensure(!this.#parts.has(field), this.#rule, 'a field that is a number holds bytes')
    return this.#numbers.get(field)
  }

  bytes(field: number): Uint8Array | undefined {
    const [first, ...others] = this.list(field)
    ensure(others.length === 0, this.#rule, 'a message has a field twice')
    return first
  }

  list(field: number): readonly Uint8Array[] {
    ensure(!this.#numbers.has(field), this.#rule, 'a field that is bytes holds a number')
    return this.#parts.get(field) ?? []
  }
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #rule: string
  #at = 0

  constructor(bytes: Uint8Array, rule: string) {
    this.#bytes = bytes
    this.#rule = rule
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  varint(): number {
    let value = 0
    for (let factor = 1; factor <= 2 ** 28; factor *= 128) {
      const byte = this.#bytes[this.#at++]
      ensure(byte !== undefined, this.#rule, 'a message ends in the middle')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    ensure(false, this.#rule, 'a message has a number that is too large')
  }

  bytes(): Uint8Array {
    const length = this.varint()
    const start = this.#at
    this.#at += length
    ensure(this.#at <= this.#bytes.length, this.#rule, 'a message ends in the middle')
    return this.#bytes.subarray(start, this.#at)
  }
}
