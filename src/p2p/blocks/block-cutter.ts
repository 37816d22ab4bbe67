import type { Hash } from '../hash.js'
import type { BlockHandlers } from './block-events.js'
import type { Call } from './delivery.js'
import { OffsetList } from './offsets.js'
import type { Cut } from './stretch-buffer.js'
import type { TxScanner } from './tx-scanner.js'

export interface CutterOptions {
  readonly scanner: TxScanner
  readonly handlers: BlockHandlers
  /** Bytes of the block. */
  readonly length: number
  readonly chunkBytes: number
  readonly txOffsets: 'all' | 'chunk' | 'none'
  /** Known when the first cut is made. */
  readonly blockHash: () => Hash
}

/** A transaction that is handed out in parts. */
interface Giant {
  readonly start: number
  parts: number
}

const NO_OFFSETS = new OffsetList()

/** Cuts a block after its last whole transaction, each time another `chunkBytes` have come. */
export class BlockCutter {
  readonly #options: CutterOptions
  #chunks = 0
  /** The first transaction that was in no chunk yet. */
  #firstTx = 0
  #giant: Giant | undefined

  constructor(options: CutterOptions) {
    this.#options = options
  }

  /** For the bytes from `base` on, up to all that was scanned so far. */
  cut(bytes: Uint8Array, base: number): Cut {
    const calls: Call[] = []
    const end = base + bytes.length
    const view = (from: number, to: number): Uint8Array => bytes.subarray(from - base, to - base)
    const inGiant = this.#giant ? Math.min(this.#endOfTx() ?? end, end) : base
    if (this.#giant) this.#callPart(calls, this.#giant, base, view(base, inGiant))
    const whole = this.#giant ? inGiant : this.#wholeUpTo(base)
    this.#callChunk(calls, inGiant, view(inGiant, whole))
    if (this.#giant || !this.#startsGiant(whole, end)) return { calls, taken: whole - base }
    this.#callPart(calls, (this.#giant = { start: whole, parts: 0 }), whole, view(whole, end))
    return { calls, taken: bytes.length }
  }

  /** Where the transactions end that are whole. */
  #wholeUpTo(base: number): number {
    const { scanner, length } = this.#options
    if (scanner.txCount === 0) return base
    return scanner.complete < scanner.txCount ? scanner.starts.at(scanner.complete) : length
  }

  #endOfTx(): number | undefined {
    return this.#options.scanner.endOf(this.#firstTx)
  }

  #startsGiant(start: number, end: number): boolean {
    const { scanner, handlers, chunkBytes } = this.#options
    if (start === end || scanner.txCount === 0) return false
    const bytes = (this.#endOfTx() ?? scanner.foreseen) - start
    return handlers.onTxChunk !== undefined && bytes > chunkBytes
  }

  #callPart(calls: Call[], giant: Giant, from: number, bytes: Uint8Array): void {
    const { handlers, blockHash } = this.#options
    const isLast = this.#endOfTx() === from + bytes.length
    const chunk = {
      blockHash: blockHash(),
      txIndex: this.#firstTx,
      partNumber: ++giant.parts,
      isLast,
      offset: from - giant.start,
      txOffset: giant.start,
      bytes,
    }
    calls.push(() => handlers.onTxChunk?.(chunk))
    if (!isLast) return
    this.#firstTx++
    this.#giant = undefined
  }

  #callChunk(calls: Call[], base: number, bytes: Uint8Array): void {
    const { scanner, handlers, chunkBytes, length, txOffsets, blockHash } = this.#options
    const firstTx = this.#firstTx
    if (!this.#giant) this.#firstTx = scanner.complete
    const chunk = {
      blockHash: blockHash(),
      chunkNumber: ++this.#chunks,
      chunkCount: Math.ceil(length / chunkBytes),
      base,
      bytes,
      txOffsets: txOffsets === 'none' ? NO_OFFSETS : scanner.starts.copy(firstTx, this.#firstTx),
    }
    if (txOffsets !== 'all') scanner.dropBefore(this.#firstTx)
    if (handlers.onBlockChunk) calls.push(() => handlers.onBlockChunk?.(chunk))
  }
}
