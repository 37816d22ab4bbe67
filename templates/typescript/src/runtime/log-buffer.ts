import type { LogChunk } from './frames.js'

export type LogStream = 'stdout' | 'stderr'

/** Room for the words that stand where the middle is left out. */
const MARK_BYTES = 48

/** What one invocation printed, kept in memory that two threads share: it survives the thread that printed. */
export class LogBuffer {
  readonly shared: SharedArrayBuffer
  readonly #limit: number
  readonly #streams: Readonly<Record<LogStream, HeadAndTail>>

  /** `limit`: most bytes that {@link read} gives for both streams together. */
  constructor(limit: number, shared = new SharedArrayBuffer(2 * HeadAndTail.bytesFor(limit))) {
    this.shared = shared
    this.#limit = limit
    const half = HeadAndTail.bytesFor(limit)
    this.#streams = {
      stdout: new HeadAndTail(shared, 0, limit),
      stderr: new HeadAndTail(shared, half, limit),
    }
  }

  clear(): void {
    this.#streams.stdout.clear()
    this.#streams.stderr.clear()
  }

  write(stream: LogStream, bytes: Uint8Array): void {
    this.#streams[stream].write(bytes)
  }

  read(): LogChunk {
    const { stdout, stderr } = this.#streams
    const half = Math.floor(this.#limit / 2)
    // What one stream does not need the other may have.
    const forStdout = Math.max(half, this.#limit - stderr.total)
    const forStderr = Math.max(half, this.#limit - stdout.total)
    return {
      stdout: stdout.read(forStdout),
      stderr: stderr.read(forStderr),
      truncated: stdout.total > forStdout || stderr.total > forStderr,
    }
  }
}

/** The first and the last bytes of a stream: a counter, then the head, then a ring with the tail. */
class HeadAndTail {
  readonly #count: Float64Array
  readonly #head: Buffer
  readonly #ring: Buffer

  constructor(shared: SharedArrayBuffer, at: number, limit: number) {
    const headBytes = Math.ceil(limit / 2)
    this.#count = new Float64Array(shared, at, 1)
    this.#head = Buffer.from(shared, at + 8, headBytes)
    this.#ring = Buffer.from(shared, at + 8 + headBytes, limit - headBytes)
  }

  static bytesFor(limit: number): number {
    return 8 + Math.ceil(limit / 8) * 8
  }

  /** Bytes written, those that are not kept included. */
  get total(): number {
    return this.#count[0] ?? 0
  }

  clear(): void {
    this.#count[0] = 0
  }

  write(bytes: Uint8Array): void {
    const start = this.total
    const toHead = Math.max(0, Math.min(bytes.length, this.#head.length - start))
    this.#head.set(bytes.subarray(0, toHead), toHead > 0 ? start : 0)
    const size = this.#ring.length
    const from = Math.max(toHead, bytes.length - size)
    let position = (start + from - this.#head.length) % size
    for (let at = from; at < bytes.length;) {
      const piece = bytes.subarray(at, at + size - position)
      this.#ring.set(piece, position)
      at += piece.length
      position = 0
    }
    this.#count[0] = start + bytes.length
  }

  /** At most so many bytes; words in the middle say how many are left out. */
  read(allowance: number): string {
    const { total } = this
    if (total === 0) return ''
    const kept = Buffer.concat([this.#head.subarray(0, Math.min(total, this.#head.length)), this.#tail()])
    if (total <= allowance) return kept.toString('utf8')
    const each = Math.floor((allowance - MARK_BYTES) / 2)
    const head = kept.subarray(0, endOfCharacter(kept, each))
    const tail = kept.subarray(startOfCharacter(kept, kept.length - each))
    return `${head.toString('utf8')}\n[... ${total - head.length - tail.length} bytes left out ...]\n${tail.toString('utf8')}`
  }

  #tail(): Buffer {
    const beyond = this.total - this.#head.length
    if (beyond <= 0) return Buffer.alloc(0)
    if (beyond <= this.#ring.length) return this.#ring.subarray(0, beyond)
    const start = beyond % this.#ring.length
    return Buffer.concat([this.#ring.subarray(start), this.#ring.subarray(0, start)])
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}

/** The end, moved back to where a character begins. */
function endOfCharacter(bytes: Uint8Array, end: number): number {
  let at = end
  while (at > 0 && end - at < 3 && isContinuation(bytes[at])) at -= 1
  return at
}

/** The start, moved on to where a character begins. */
function startOfCharacter(bytes: Uint8Array, start: number): number {
  let at = start
  while (at - start < 3 && isContinuation(bytes[at])) at += 1
  return at
}
