import { createHash, type Hash } from 'node:crypto'
import { ByteWriter, compactSizeLength } from '../../../src/p2p/wire/writer.js'

const PATTERN_BYTES = 1 << 16
const KEY_BYTES = 4

/** Bytes of the smallest transaction that can be made up. */
export const LEAST_SYNTHETIC_TX_BYTES = 61

/** Transactions that differ by a key alone, their lock time in the last four bytes: one giant script, never held as a whole. */
export class SyntheticTx {
  readonly #head: Uint8Array
  readonly #tail: Uint8Array
  readonly #tailStart: number
  readonly #hash: Hash

  constructor(
    readonly length: number,
    readonly pattern: Uint8Array,
  ) {
    const { script, output } = scriptLengths(length)
    this.#head = new ByteWriter(64)
      .i32(1)
      .compactSize(1)
      .bytes(pattern.subarray(0, 32))
      .u32(0)
      .compactSize(script)
      .finish()
    const outputScript = new Uint8Array(output).fill(0x51)
    this.#tail = new ByteWriter(32).u32(0xffff_ffff).compactSize(1).i64(1n).varBytes(outputScript).finish()
    this.#tailStart = this.#head.length + script
    this.#hash = createHash('sha256')
    const chunk = new Uint8Array(Math.min(length, 1 << 20))
    for (let offset = 0; offset < length - KEY_BYTES; offset += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, length - KEY_BYTES - offset))
      this.fill(part, offset, 0)
      this.#hash.update(part)
    }
  }

  /** Of the transaction with this key. */
  id(key: number): Uint8Array {
    const last = new Uint8Array(KEY_BYTES)
    new DataView(last.buffer).setUint32(0, key, true)
    return createHash('sha256').update(this.#hash.copy().update(last).digest()).digest()
  }

  /** Writes the bytes of the transaction with this key from `offset` on, until `target` is full or they end. */
  fill(target: Uint8Array, offset: number, key: number): void {
    const end = Math.min(this.length, offset + target.length)
    let at = offset
    if (at < this.#head.length) {
      const part = this.#head.subarray(at, end)
      target.set(part)
      at += part.length
    }
    for (const stop = Math.min(end, this.#tailStart); at < stop;) {
      const from = (at - this.#head.length) % PATTERN_BYTES
      const part = this.pattern.subarray(from, Math.min(PATTERN_BYTES, from + stop - at))
      target.set(part, at - offset)
      at += part.length
    }
    if (at < end) target.set(this.#tail.subarray(at - this.#tailStart, end - this.#tailStart), at - offset)
    writeKey(target, this.length - KEY_BYTES - offset, key)
  }
}

/** Writes as many bytes of a key as lie within `target`; `at` may be before or after it. */
export function writeKey(target: Uint8Array, at: number, key: number): void {
  for (let index = 0; index < KEY_BYTES; index++)
    if (at + index >= 0 && at + index < target.length) target[at + index] = key >>> (8 * index)
}

/** Bytes that repeat after 64 KiB, the same for the same seed. */
export function patternOf(seed: number): Uint8Array {
  const pattern = new Uint8Array(PATTERN_BYTES)
  let state = seed * 2 + 1
  for (let index = 0; index < pattern.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    pattern[index] = state
  }
  return pattern
}

/** The scripts of input and output that make a transaction so long: the output's evens out where the size of a size jumps. */
function scriptLengths(length: number): { script: number; output: number } {
  for (let output = 1; output <= 5; output++) {
    const rest = length - (LEAST_SYNTHETIC_TX_BYTES - 2) - output
    for (const sizeBytes of [1, 3, 5]) {
      const script = rest - sizeBytes
      if (script >= 0 && compactSizeLength(script) === sizeBytes) return { script, output }
    }
  }
  throw new RangeError(`no transaction of ${length} bytes can be made up`)
}
