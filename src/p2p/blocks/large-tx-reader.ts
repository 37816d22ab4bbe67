import { TooLargeError } from '../errors.js'
import type { BigTxHandlers } from './block-events.js'
import { DEFAULT_LARGE_MESSAGE_LIMIT, DEFAULT_MAX_TX_BYTES } from './block-reader.js'
import { BufferPool } from './buffer-pool.js'
import type { HashThreads } from './hash-threads.js'
import { type Digests, InlineHasher, type PayloadHasher } from './payload-hasher.js'
import { PayloadReader } from './payload-reader.js'
import type { PayloadHeader } from './payload-sink.js'
import { type Cut, StretchBuffer } from './stretch-buffer.js'
import { TxScanner } from './tx-scanner.js'
import { verifyDigests } from './verify.js'

export interface LargeTxReaderOptions {
  readonly handlers: BigTxHandlers
  /** Whether the network has witnesses (`hasWitness`). */
  readonly witness: boolean
  /** Bytes of each part; 32 MiB. */
  readonly chunkBytes?: number
  /** 1 GB. Without an `onTxChunk` the transaction is in memory whole. */
  readonly maxTxBytes?: number
  readonly threads?: HashThreads | undefined
  readonly buffers?: BufferPool
}

/** Takes the payload of a `tx` message that is too large for one buffer. */
export class LargeTxReader extends PayloadReader {
  protected readonly scanner: TxScanner
  protected readonly hasher: PayloadHasher
  protected readonly stretches: StretchBuffer | undefined
  readonly #header: PayloadHeader
  readonly #handlers: BigTxHandlers
  /** Where nobody takes parts. */
  readonly #raw: Uint8Array | undefined
  #parts = 0

  /**
   * @throws {TooLargeError} for more than `maxTxBytes`
   * @throws {ProtocolError} if nothing of that length can be a transaction
   */
  constructor(header: PayloadHeader, options: LargeTxReaderOptions) {
    super()
    const { length, checksum } = header
    const { handlers, witness, threads, maxTxBytes = DEFAULT_MAX_TX_BYTES } = options
    if (length > maxTxBytes) throw new TooLargeError(`a transaction has more than ${maxTxBytes} bytes`)
    this.#header = header
    this.#handlers = handlers
    const scan = { kind: 'tx', length, witness } as const
    this.scanner = new TxScanner(scan)
    if (handlers.onTxChunk) this.stretches = this.#stretches(options)
    else this.#raw = new Uint8Array(length)
    const hash = { checksum: checksum !== undefined, merkle: true }
    this.hasher = threads?.open(scan, hash) ?? new InlineHasher(this.scanner, hash)
  }

  protected inspect(): void {
    // Nothing tells a transaction from its first bytes.
  }

  protected keep(part: Uint8Array, position: number): void {
    this.#raw?.set(part, position)
  }

  protected async complete(digests: Digests): Promise<void> {
    const { checksum, length } = this.#header
    verifyDigests(digests, { checksum })
    if (!digests.merkle) throw new Error('the transaction was not hashed')
    await this.#handlers.onBigTx?.({ txid: digests.merkle.root, size: length, raw: this.#raw })
  }

  protected async aborted(reason: Error): Promise<void> {
    await this.#handlers.onBigTxAborted?.(reason)
  }

  #stretches({ chunkBytes = DEFAULT_LARGE_MESSAGE_LIMIT, buffers }: LargeTxReaderOptions): StretchBuffer {
    return new StretchBuffer({
      length: this.#header.length,
      stretchBytes: chunkBytes,
      buffers: buffers ?? new BufferPool(),
      delivery: this.delivery,
      cut: (bytes, base) => this.#cut(bytes, base),
    })
  }

  #cut(bytes: Uint8Array, offset: number): Cut {
    const isLast = offset + bytes.length === this.#header.length
    const chunk = { blockHash: undefined, txIndex: 0, partNumber: ++this.#parts, isLast, offset, txOffset: 0, bytes }
    return { calls: [() => this.#handlers.onTxChunk?.(chunk)], taken: bytes.length }
  }
}
