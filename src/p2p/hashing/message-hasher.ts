import { DATA_AT, DIGEST_BYTES, LANES } from './sha256-code.js'
import { sha256Into } from './sha256-into.js'
import { instantiateSha256d, RECORD_BYTES } from './sha256d-module.js'

/** Room for messages. */
export const MESSAGES_BYTES = 256 * 1024
/** The most hashes at once, besides the one before the first. */
export const MAX_HASHES = 4096

/** Messages are put into records by their number of blocks, which is at most this. */
const MAX_BLOCKS = 256
/** The longest message. */
export const MAX_MESSAGE_BYTES = MAX_BLOCKS * 64 - 9

/** Hashes many short messages at a time, in memory of its own. Whoever uses it is done with it before another begins. */
export interface MessageHasher {
  /** Vectors of WebAssembly, or what Node has. */
  readonly kind: 'simd' | 'node'
  /** {@link MESSAGES_BYTES}, for the caller to fill. */
  readonly messages: Uint8Array
  /** 32 bytes each: one place that is never written, and `MAX_HASHES` more that the methods count from 0. */
  readonly hashes: Buffer
  /**
   * The message at a place becomes, once hashed, number `index` of the hashes: at `flush` at the latest.
   * @throws {RangeError} for more than {@link MAX_MESSAGE_BYTES}
   */
  digest(index: number, at: number, length: number): void
  flush(): void
  /** Hashes the first `count` of the hashes once more. */
  rehash(count: number): void
  /** `count` pairs of neighbours, from -1 or from 0 on, become one hash each, from 0 on; twice hashed. */
  joinPairs(first: -1 | 0, count: number): void
}

/** The fastest hasher this machine has, or the one asked for. */
export function createMessageHasher(kind?: MessageHasher['kind']): MessageHasher {
  if (kind === 'node') return new NodeHasher()
  try {
    return new SimdHasher()
  } catch (error) {
    if (kind === 'simd' || !(error instanceof WebAssembly.CompileError)) throw error
    return new NodeHasher()
  }
}

let shared: MessageHasher | undefined

/** The one that all code of this thread can share that hands it back before it returns. */
export function sharedMessageHasher(): MessageHasher {
  return (shared ??= createMessageHasher())
}

/** Quads are padded to four, so that as many places more are written. */
const HASHES_BYTES = (1 + MAX_HASHES + LANES) * DIGEST_BYTES
const RECORDS_AT = DATA_AT + MESSAGES_BYTES
const HASHES_AT = RECORDS_AT + (MAX_HASHES / LANES) * RECORD_BYTES
const MEMORY_BYTES = HASHES_AT + HASHES_BYTES
const RECORD_WORDS = RECORD_BYTES / 4

class SimdHasher implements MessageHasher {
  readonly kind = 'simd'
  readonly messages: Uint8Array
  readonly hashes: Buffer
  readonly #module = instantiateSha256d(MEMORY_BYTES)
  readonly #records: Uint32Array
  /** What was given to `digest`, in threes. */
  readonly #given = new Uint32Array(3 * MAX_HASHES)
  #count = 0
  /** Of the messages given, how many have so many blocks. */
  readonly #ofBlocks = new Uint32Array(MAX_BLOCKS + 1)

  constructor() {
    const { buffer } = this.#module.memory
    this.messages = new Uint8Array(buffer, DATA_AT, MESSAGES_BYTES)
    this.hashes = Buffer.from(buffer, HASHES_AT, (1 + MAX_HASHES) * DIGEST_BYTES)
    this.#records = new Uint32Array(buffer, RECORDS_AT, (MAX_HASHES / LANES) * RECORD_WORDS)
  }

  digest(index: number, at: number, length: number): void {
    mustBeShort(length)
    if (this.#count === MAX_HASHES) this.flush()
    const given = this.#given
    const place = 3 * this.#count++
    given[place] = DATA_AT + at
    given[place + 1] = length
    given[place + 2] = addressOf(index)
    const blocks = blocksOf(length)
    this.#ofBlocks[blocks] = (this.#ofBlocks[blocks] as number) + 1
  }

  flush(): void {
    if (this.#count === 0) return
    this.#sort()
    const quads = Math.ceil(this.#count / LANES)
    for (let i = this.#count; i < quads * LANES; i++) this.#repeat(i)
    this.#module.messages(RECORDS_AT, quads)
    this.#count = 0
  }

  rehash(count: number): void {
    if (count > 0) this.#module.digests(addressOf(0), addressOf(0), Math.ceil(count / LANES))
  }

  joinPairs(first: -1 | 0, count: number): void {
    if (count > 0) this.#module.pairs(addressOf(first), addressOf(0), Math.ceil(count / LANES))
  }

  /** By blocks, so that the four of a record have the same work and the last of them the most. */
  #sort(): void {
    const next = this.#ofBlocks
    for (let blocks = 0, sum = 0; blocks <= MAX_BLOCKS; blocks++) {
      const here = next[blocks] as number
      next[blocks] = sum
      sum += here
    }
    const given = this.#given
    for (let from = 0; from < 3 * this.#count; from += 3) {
      const blocks = blocksOf(given[from + 1] as number)
      const place = next[blocks] as number
      next[blocks] = place + 1
      const to = wordOf(place)
      for (let field = 0; field < 3; field++)
        this.#records[to + LANES * field] = given[from + field] as number
    }
    next.fill(0)
  }

  /** Fills a lane with what the one before it has. */
  #repeat(place: number): void {
    const [from, to] = [wordOf(place - 1), wordOf(place)]
    for (let field = 0; field < 3 * LANES; field += LANES)
      this.#records[to + field] = this.#records[from + field] as number
  }
}

class NodeHasher implements MessageHasher {
  readonly kind = 'node'
  readonly messages = new Uint8Array(MESSAGES_BYTES)
  readonly hashes = Buffer.alloc((1 + MAX_HASHES) * DIGEST_BYTES)

  digest(index: number, at: number, length: number): void {
    mustBeShort(length)
    sha256Into(this.messages.subarray(at, at + length), this.hashes, (1 + index) * DIGEST_BYTES)
  }

  flush(): void {
    // Nothing waits.
  }

  rehash(count: number): void {
    for (let i = 1; i <= count; i++) this.#hash(i * DIGEST_BYTES, DIGEST_BYTES, i * DIGEST_BYTES)
  }

  joinPairs(first: -1 | 0, count: number): void {
    for (let i = 0; i < count; i++) {
      const to = (1 + i) * DIGEST_BYTES
      this.#hash((1 + first + 2 * i) * DIGEST_BYTES, 2 * DIGEST_BYTES, to)
      this.#hash(to, DIGEST_BYTES, to)
    }
  }

  #hash(from: number, length: number, to: number): void {
    sha256Into(this.hashes.subarray(from, from + length), this.hashes, to)
  }
}

function mustBeShort(length: number): void {
  if (length > MAX_MESSAGE_BYTES)
    throw new RangeError(`a message of ${length} bytes has more than ${MAX_MESSAGE_BYTES}`)
}

/** With the end mark and the length. */
const blocksOf = (length: number): number => (length + 72) >>> 6
const addressOf = (index: number): number => HASHES_AT + (1 + index) * DIGEST_BYTES
/** Of the first field of a lane of the records. */
const wordOf = (place: number): number => (place >> 2) * RECORD_WORDS + (place & 3)
