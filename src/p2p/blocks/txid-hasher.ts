import { createHash, type Hash as HashStream } from 'node:crypto'
import { rehashInto, sha256dInto } from './sha256d-into.js'
import type { TxScanner } from './tx-scanner.js'

const VERSION_BYTES = 4
const MARKER_BYTES = 2
const LOCK_TIME_BYTES = 4

/** Hashes every transaction of a payload, as it is scanned, without its witnesses. */
export class TxidHasher {
  readonly #scanner: TxScanner
  readonly #onTxid: (txid: Uint8Array) => void
  readonly #txid = Buffer.alloc(32)
  #tx = 0
  /** Of a transaction that is hashed in pieces. */
  #stream: HashStream | undefined

  /** `onTxid` is given 32 bytes that change with the next one. */
  constructor(scanner: TxScanner, onTxid: (txid: Uint8Array) => void) {
    this.#scanner = scanner
    this.#onTxid = onTxid
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
      if (start >= position) return
      const end = this.#scanner.endOf(this.#tx)
      if (end !== undefined && end <= position && start >= base && !this.#hasWitness(end))
        sha256dInto(slice.subarray(start - base, end - base), this.#txid, 0)
      else if (!this.#takePieces(slice, base, start, end)) return
      this.#tx++
      this.#onTxid(this.#txid)
    }
  }

  /** Whether the transaction is whole now. */
  #takePieces(slice: Uint8Array, base: number, start: number, end: number | undefined): boolean {
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
    if (end === undefined || end > base + slice.length) return false
    this.#stream = undefined
    rehashInto(stream.digest(), this.#txid, 0)
    return true
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
