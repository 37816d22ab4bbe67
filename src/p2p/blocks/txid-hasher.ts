import { createHash, type Hash as HashStream } from 'node:crypto'
import { MAX_HASHES, MESSAGES_BYTES, type MessageHasher } from '../hashing/message-hasher.js'
import { sha256Into } from '../hashing/sha256-into.js'
import type { TxScanner } from './tx-scanner.js'

const VERSION_BYTES = 4
const MARKER_BYTES = 2
const LOCK_TIME_BYTES = 4
const HASH_BYTES = 32
/** Longer transactions are hashed faster one at a time. */
const MAX_SHORT_BYTES = 640

/**
 * Hashes every transaction of a payload, as it is scanned, without its witnesses. Short ones many at a time, by way of a
 * hasher that is free again when `take` returns.
 */
export class TxidHasher {
  readonly #scanner: TxScanner
  readonly #hasher: MessageHasher
  readonly #onTxids: (txids: Uint8Array) => void
  #tx = 0
  /** Hashes that wait in the hasher, and bytes of messages there. */
  #waiting = 0
  #used = 0
  /** Of a transaction that is hashed in pieces. */
  #stream: HashStream | undefined

  /** `onTxids` is given 32 bytes for each of the next transactions; they change when it returns. */
  constructor(scanner: TxScanner, hasher: MessageHasher, onTxids: (txids: Uint8Array) => void) {
    this.#scanner = scanner
    this.#hasher = hasher
    this.#onTxids = onTxids
  }

  /** Transactions hashed so far; the scanner's offsets of those before are not needed any more. */
  get count(): number {
    return this.#tx
  }

  /** Takes the slice that was just pushed into the scanner. */
  take(slice: Uint8Array): void {
    const { starts, position } = this.#scanner
    const base = position - slice.length
    while (this.#tx < starts.length) {
      const start = starts.at(this.#tx)
      if (start >= position) break
      if (this.#waiting === MAX_HASHES || this.#used + MAX_SHORT_BYTES > MESSAGES_BYTES) this.#flush()
      if (start >= base && this.#takeShort(slice, base, start)) continue
      if (!this.#takeLong(slice, base, start)) break
    }
    this.#flush()
  }

  /** The short transactions that come next and are whole, as far as there is room. Whether there were any. */
  #takeShort(slice: Uint8Array, base: number, start: number): boolean {
    const limit = Math.min(base + slice.length, start + MESSAGES_BYTES - this.#used)
    const most = Math.min(this.#scanner.starts.length, this.#tx + MAX_HASHES - this.#waiting)
    let [last, lastEnd] = [this.#tx, start]
    while (last < most) {
      const end = this.#scanner.endOf(last)
      if (end === undefined || end > limit || end - lastEnd > MAX_SHORT_BYTES) break
      lastEnd = end
      last++
    }
    if (last === this.#tx) return false
    this.#hasher.messages.set(slice.subarray(start - base, lastEnd - base), this.#used)
    let from = start
    while (this.#tx < last) from = this.#digestShort(from)
    return true
  }

  /** Of the next transaction, which starts at `start` and was copied. Returns where it ends. */
  #digestShort(start: number): number {
    const end = this.#scanner.endOf(this.#tx) as number
    const at = this.#used
    if (this.#hasWitness(end)) {
      const bodyLength = (this.#bodyEnd() as number) - start
      const { messages } = this.#hasher
      messages.copyWithin(at + MARKER_BYTES, at, at + VERSION_BYTES)
      messages.copyWithin(at + bodyLength, at + end - start - LOCK_TIME_BYTES, at + end - start)
      this.#hasher.digest(this.#waiting, at + MARKER_BYTES, bodyLength + LOCK_TIME_BYTES - MARKER_BYTES)
    } else this.#hasher.digest(this.#waiting, at, end - start)
    this.#used += end - start
    this.#waiting++
    this.#tx++
    return end
  }

  /** Whether the transaction is whole now. */
  #takeLong(slice: Uint8Array, base: number, start: number): boolean {
    const end = this.#scanner.endOf(this.#tx)
    const { hashes } = this.#hasher
    const place = (1 + this.#waiting) * HASH_BYTES
    if (end !== undefined && end <= base + slice.length && start >= base && !this.#hasWitness(end))
      sha256Into(slice.subarray(start - base, end - base), hashes, place)
    else {
      const digest = this.#takePieces(slice, base, start, end)
      if (!digest) return false
      hashes.set(digest, place)
    }
    this.#waiting++
    this.#tx++
    return true
  }

  /** The digest if the transaction is whole now. */
  #takePieces(slice: Uint8Array, base: number, start: number, end: number | undefined): Uint8Array | undefined {
    const stream = (this.#stream ??= createHash('sha256'))
    const take = (from: number, to: number): void => {
      if (to > base && from < base + slice.length)
        stream.update(slice.subarray(Math.max(0, from - base), Math.min(to - base, slice.length)))
    }
    if (this.#hasWitness(end)) {
      take(start, start + VERSION_BYTES)
      take(start + VERSION_BYTES + MARKER_BYTES, this.#bodyEnd() ?? Infinity)
      if (end !== undefined) take(end - LOCK_TIME_BYTES, end)
    } else take(start, end ?? Infinity)
    if (end === undefined || end > base + slice.length) return undefined
    this.#stream = undefined
    return stream.digest()
  }

  #flush(): void {
    const count = this.#waiting
    if (count === 0) return
    this.#hasher.flush()
    this.#hasher.rehash(count)
    this.#waiting = this.#used = 0
    this.#onTxids(this.#hasher.hashes.subarray(HASH_BYTES, (1 + count) * HASH_BYTES))
  }

  /** Of the transaction at hand. */
  #hasWitness(end: number | undefined): boolean {
    if (end === undefined) return this.#scanner.hasMarker
    const bodyEnd = this.#bodyEnd()
    return bodyEnd !== undefined && end - bodyEnd > LOCK_TIME_BYTES
  }

  #bodyEnd(): number | undefined {
    const { bodyEnds } = this.#scanner
    return this.#tx < bodyEnds.length ? bodyEnds.at(this.#tx) : undefined
  }
}
