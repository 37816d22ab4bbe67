import { ProtocolError, TooLargeError } from '../errors.js'
import { largeSize, sizeLength } from './large-size.js'
import { OffsetList } from './offsets.js'

const HEADER_BYTES = 80
const VERSION_BYTES = 4
const LOCK_TIME_BYTES = 4
const OUTPOINT_BYTES = 36
const SEQUENCE_BYTES = 4
const AMOUNT_BYTES = 8
const MIN_INPUT_BYTES = OUTPOINT_BYTES + 1 + SEQUENCE_BYTES
const MIN_OUTPUT_BYTES = AMOUNT_BYTES + 1
const MIN_TX_BYTES = VERSION_BYTES + 1 + 1 + LOCK_TIME_BYTES
const MAX_SIZE_BYTES = 9

/** What the next size means. */
const TX_COUNT = 0
const INPUT_COUNT = 1
const WITNESS_FLAG = 2
const INPUT_SCRIPT = 3
const OUTPUT_COUNT = 4
const OUTPUT_SCRIPT = 5
const WITNESS_COUNT = 6
const WITNESS_ITEM = 7
const DONE = 8

export interface ScanOptions {
  /** A block starts with a header and a count of transactions; a transaction is just that. */
  readonly kind: 'block' | 'tx'
  /** Bytes of the whole payload. */
  readonly length: number
  /** Whether transactions may carry witnesses: a fact of the network, never guessed from the bytes. */
  readonly witness: boolean
  /** More is not taken; without a limit by default. */
  readonly maxTxBytes?: number
}

/**
 * Finds where transactions begin and end, in slices cut anywhere. It looks at counts and lengths only and passes over all
 * that lies between, so that scripts of any length cost nothing. Whatever claims more bytes than the payload has left
 * fails at once.
 */
export class TxScanner {
  /** Where each transaction starts; the last may lie beyond what was pushed. */
  readonly starts = new OffsetList()
  /** Where the outputs of each transaction end, filled with `witness` only. */
  readonly bodyEnds = new OffsetList()

  readonly #length: number
  readonly #witness: boolean
  readonly #maxTxBytes: number
  #pushed = 0
  #txCount = 0
  #complete = 0
  #state: number
  /** Where the next size is: in the payload. */
  #next: number
  #txsLeft = 0
  /** Of the last transaction that has started. */
  #start = 0
  #inputs = 0
  /** Inputs, outputs or witnesses of this transaction still to come. */
  #left = 0
  #itemsLeft = 0
  #hasMarker = false
  /** The start of a size that a slice ended in. */
  readonly #cut = new Uint8Array(MAX_SIZE_BYTES)
  #cutLength = 0

  constructor({ kind, length, witness, maxTxBytes = Number.MAX_SAFE_INTEGER }: ScanOptions) {
    this.#length = length
    this.#maxTxBytes = maxTxBytes
    this.#witness = witness
    this.#state = kind === 'block' ? TX_COUNT : DONE
    this.#next = this.#start = HEADER_BYTES
    if (kind === 'tx') {
      this.#txCount = this.#txsLeft = 1
      this.#next = this.#startTx(0)
    }
    if (this.#next >= length) throw truncated(length, length)
  }

  /** Bytes pushed so far. */
  get position(): number {
    return this.#pushed
  }

  /** As the block says; 0 until it was read. */
  get txCount(): number {
    return this.#txCount
  }

  /** Transactions whose last byte was pushed. */
  get complete(): number {
    return this.#complete
  }

  /** The last transaction that has started goes on at least to here: to its next size. */
  get foreseen(): number {
    return this.#next
  }

  /** The transaction that is being read carries witnesses; known when its fifth byte was pushed. */
  get hasMarker(): boolean {
    return this.#hasMarker
  }

  /** Where a transaction ends, perhaps beyond what was pushed; undefined if that is not known yet. */
  endOf(tx: number): number | undefined {
    if (tx + 1 < this.starts.length) return this.starts.at(tx + 1)
    return this.#state === DONE ? this.#length : undefined
  }

  /**
   * After a failure the scanner is of no more use.
   * @throws {ProtocolError} for bytes that cannot be what the payload is said to be
   * @throws {TooLargeError} for a transaction of more than `maxTxBytes`
   */
  push(slice: Uint8Array): void {
    if (this.#pushed + slice.length > this.#length)
      throw new ProtocolError('trailing_bytes', `bytes follow the ${this.#length} of the payload`)
    const from = this.#cutLength > 0 ? this.#completeCut(slice) : 0
    if (this.#cutLength === 0) this.#scan(slice, Math.max(from, this.#next - this.#pushed), this.#pushed)
    this.#pushed += slice.length
    this.#countComplete()
  }

  /** Forgets about transactions before one, to spare memory. */
  dropBefore(tx: number): void {
    this.starts.dropBefore(tx)
    this.bodyEnds.dropBefore(tx)
  }

  /** @throws {ProtocolError} if the payload ended before its last transaction. */
  finish(): void {
    if (this.#state !== DONE || this.#pushed < this.#length) throw truncated(this.#pushed, this.#length)
  }

  /** From an index in the bytes on, which are at `base` in the payload. */
  #scan(bytes: Uint8Array, from: number, base: number): void {
    const end = bytes.length
    let at = from
    while (at < end) {
      const first = bytes[at] as number
      if (first < 0xfd) {
        at = this.#apply(first, base + at + 1) - base
        continue
      }
      const length = sizeLength(first)
      if (at + length > end) {
        this.#cut.set(bytes.subarray(at))
        this.#cutLength = end - at
        break
      }
      at = this.#apply(largeSize(bytes, at, length), base + at + length) - base
    }
    this.#next = base + at
  }

  /** Where in the slice the scan goes on, once the size that was cut is whole. */
  #completeCut(slice: Uint8Array): number {
    const first = this.#cut[0] as number
    const length = sizeLength(first)
    const had = this.#cutLength
    const taken = Math.min(length - had, slice.length)
    this.#cut.set(slice.subarray(0, taken), had)
    this.#cutLength = had + taken
    if (this.#cutLength < length) return taken
    this.#cutLength = 0
    this.#scan(this.#cut.subarray(0, length), 0, this.#pushed - had)
    return taken
  }

  /** Takes a size that ends at `at`. Returns where the next one is. */
  #apply(value: number, at: number): number {
    const next = this.#after(value, at)
    if (next > this.#length || (next === this.#length && this.#state !== DONE))
      throw truncated(next, this.#length)
    this.#limitTx(next)
    return next
  }

  #after(value: number, at: number): number {
    switch (this.#state) {
      case INPUT_SCRIPT:
        if (--this.#left > 0) return at + value + SEQUENCE_BYTES + OUTPOINT_BYTES
        this.#state = OUTPUT_COUNT
        return at + value + SEQUENCE_BYTES
      case OUTPUT_SCRIPT:
        if (--this.#left > 0) return at + value + AMOUNT_BYTES
        return this.#endBody(at + value)
      case INPUT_COUNT:
        return this.#startInputs(value, at)
      case OUTPUT_COUNT:
        return this.#startOutputs(value, at)
      case WITNESS_ITEM:
        return --this.#itemsLeft > 0 ? at + value : this.#endWitness(at + value)
      case WITNESS_COUNT:
        this.#mustFit(value, 1, at)
        this.#itemsLeft = value
        if (value === 0) return this.#endWitness(at)
        this.#state = WITNESS_ITEM
        return at
      case WITNESS_FLAG:
        if (value !== 1) throw new ProtocolError('bad_value', 'a transaction has no inputs')
        this.#state = INPUT_COUNT
        return at
      default:
        return this.#startTxs(value, at)
    }
  }

  #startTxs(count: number, at: number): number {
    this.#mustFit(count, MIN_TX_BYTES, at)
    if (count === 0) throw new ProtocolError('bad_value', 'a block has no transactions')
    this.#txCount = this.#txsLeft = count
    return this.#startTx(at)
  }

  #startTx(at: number): number {
    this.starts.push(at)
    this.#start = at
    this.#hasMarker = false
    this.#state = INPUT_COUNT
    return at + VERSION_BYTES
  }

  #startInputs(count: number, at: number): number {
    this.#mustFit(count, MIN_INPUT_BYTES, at)
    this.#inputs = this.#left = count
    if (count > 0) {
      this.#state = INPUT_SCRIPT
      return at + OUTPOINT_BYTES
    }
    if (this.#hasMarker) throw new ProtocolError('bad_value', 'a transaction has no inputs')
    this.#hasMarker = this.#witness
    this.#state = this.#witness ? WITNESS_FLAG : OUTPUT_COUNT
    return at
  }

  #startOutputs(count: number, at: number): number {
    this.#mustFit(count, MIN_OUTPUT_BYTES, at)
    this.#left = count
    if (count === 0) return this.#endBody(at)
    this.#state = OUTPUT_SCRIPT
    return at + AMOUNT_BYTES
  }

  #endBody(at: number): number {
    if (this.#witness) this.bodyEnds.push(at)
    if (!this.#hasMarker) return this.#endTx(at + LOCK_TIME_BYTES)
    this.#left = this.#inputs
    this.#state = WITNESS_COUNT
    return at
  }

  #endWitness(at: number): number {
    if (--this.#left === 0) return this.#endTx(at + LOCK_TIME_BYTES)
    this.#state = WITNESS_COUNT
    return at
  }

  #endTx(at: number): number {
    this.#limitTx(at)
    if (--this.#txsLeft > 0) return this.#startTx(at)
    this.#state = DONE
    if (at < this.#length)
      throw new ProtocolError('trailing_bytes', `${this.#length - at} bytes follow the last transaction`)
    return at
  }

  #limitTx(end: number): void {
    if (end - this.#start > this.#maxTxBytes)
      throw new TooLargeError(`a transaction has more than ${this.#maxTxBytes} bytes`)
  }

  #mustFit(count: number, bytesEach: number, at: number): void {
    if (count * bytesEach > this.#length - at)
      throw new ProtocolError('size_beyond_limit', `${count} items cannot be in ${this.#length - at} bytes`)
  }

  /** At most the last end that is known is still to come. */
  #countComplete(): void {
    const known = this.#state === DONE ? this.starts.length : Math.max(0, this.starts.length - 1)
    const isAhead = known > 0 && (this.endOf(known - 1) ?? 0) > this.#pushed
    this.#complete = isAhead ? known - 1 : known
  }
}

function truncated(bytes: number, length: number): ProtocolError {
  return new ProtocolError('truncated_message', `${bytes} bytes or more are needed, the payload has ${length}`)
}
