import { ProtocolError } from '../errors.js'
import { type Hash, sha256d } from '../hash.js'
import { BlockCutter } from './block-cutter.js'
import type { BlockHandlers } from './block-events.js'
import { BufferPool } from './buffer-pool.js'
import type { HashThreads } from './hash-threads.js'
import { OffsetList } from './offsets.js'
import { type Digests, InlineHasher, type PayloadHasher } from './payload-hasher.js'
import { PayloadReader } from './payload-reader.js'
import type { PayloadHeader } from './payload-sink.js'
import { StretchBuffer } from './stretch-buffer.js'
import { TxScanner } from './tx-scanner.js'
import { type Verify, verifyDigests, whatToHash } from './verify.js'

const HEADER_BYTES = 80
const MERKLE_ROOT_OFFSET = 36

export interface BlockReaderOptions {
  readonly handlers: BlockHandlers
  /** Whether the network has witnesses (`hasWitness`) and they were asked for. */
  readonly witness: boolean
  /** Blocks of so many bytes and more come in chunks; 32 MiB. */
  readonly largeMessageLimit?: number
  /** Bytes of the block for each chunk; the `largeMessageLimit`. */
  readonly chunkBytes?: number
  /** More is a fault of the peer; no limit. */
  readonly maxBlockBytes?: number
  /** Transactions in big blocks; 1 GB. Without an `onTxChunk` they are in memory whole. */
  readonly maxTxBytes?: number
  /** Which offsets of a big block are reported, and kept until its end at 4 bytes each; 'all'. */
  readonly txOffsets?: 'all' | 'chunk' | 'none'
  /** 'both'. */
  readonly verify?: Verify
  /** Where big blocks are hashed; in the calling thread by default. */
  readonly threads?: HashThreads | undefined
  /** Of the peer; its own by default. */
  readonly buffers?: BufferPool
  /** Whether a block of this hash was asked for; all are taken by default. */
  readonly isWanted?: (hash: Hash) => boolean
}

export const DEFAULT_LARGE_MESSAGE_LIMIT = 32 * 2 ** 20
export const DEFAULT_MAX_TX_BYTES = 1_000_000_000

/** Takes the payload of a `block` message. */
export class BlockReader extends PayloadReader {
  protected readonly scanner: TxScanner
  protected readonly hasher: PayloadHasher
  /** Of a big block. */
  protected readonly stretches: StretchBuffer | undefined
  readonly #header: PayloadHeader
  readonly #options: BlockReaderOptions
  readonly #head = new Uint8Array(HEADER_BYTES)
  #hash: Hash | undefined
  /** Of a small block. */
  readonly #raw: Uint8Array | undefined

  /** @throws {ProtocolError} if nothing of that length can be a block. */
  constructor(header: PayloadHeader, options: BlockReaderOptions) {
    const { length } = header
    const { witness, maxBlockBytes = Infinity, largeMessageLimit = DEFAULT_LARGE_MESSAGE_LIMIT } = options
    if (length > maxBlockBytes)
      throw new ProtocolError('oversize_message', `a block of ${length} bytes: at most ${maxBlockBytes} are taken`)
    super()
    this.#header = header
    this.#options = options
    const isBig = length >= largeMessageLimit
    const maxTxBytes = isBig ? (options.maxTxBytes ?? DEFAULT_MAX_TX_BYTES) : length
    const scan = { kind: 'block', length, witness, maxTxBytes } as const
    this.scanner = new TxScanner(scan)
    const hash = whatToHash(header, options.verify)
    if (isBig) this.stretches = this.#stretches(options.chunkBytes ?? largeMessageLimit)
    else this.#raw = new Uint8Array(length)
    this.hasher = (isBig ? options.threads?.open(scan, hash) : undefined) ?? new InlineHasher(this.scanner, hash)
  }

  /** Reads the header of the block. */
  protected inspect(part: Uint8Array, position: number): void {
    if (position >= HEADER_BYTES) return
    this.#head.set(part.subarray(0, HEADER_BYTES - position), position)
    if (position + part.length < HEADER_BYTES) return
    this.#hash = sha256d(this.#head)
    if (this.#options.isWanted?.(this.#hash) === false)
      throw new ProtocolError('unrequested_block', 'a block came that was not asked for')
  }

  protected keep(part: Uint8Array, position: number): void {
    this.#raw?.set(part, position)
  }

  protected async complete(digests: Digests): Promise<void> {
    const merkleRoot = this.#head.subarray(MERKLE_ROOT_OFFSET, MERKLE_ROOT_OFFSET + 32)
    verifyDigests(digests, { checksum: this.#header.checksum, merkleRoot })
    const { handlers, txOffsets = 'all' } = this.#options
    const { txCount, starts } = this.scanner
    const block = { header: this.#head, hash: this.#blockHash(), size: this.#header.length, txCount }
    if (this.#raw) await handlers.onBlock?.({ ...block, type: 'small', txOffsets: starts, raw: this.#raw })
    else {
      const kept = txOffsets === 'all' ? starts : new OffsetList()
      await handlers.onBlock?.({ ...block, type: 'big', txOffsets: kept })
    }
  }

  protected async aborted(reason: Error): Promise<void> {
    if (this.#hash) await this.#options.handlers.onBlockAborted?.(this.#hash, reason)
  }

  #blockHash(): Hash {
    return (this.#hash ??= sha256d(this.#head))
  }

  #stretches(chunkBytes: number): StretchBuffer {
    const { length } = this.#header
    const { handlers, txOffsets = 'all', buffers } = this.#options
    const cutter = new BlockCutter({
      scanner: this.scanner,
      handlers,
      length,
      chunkBytes,
      txOffsets,
      blockHash: () => this.#blockHash(),
    })
    return new StretchBuffer({
      length,
      stretchBytes: chunkBytes,
      buffers: buffers ?? new BufferPool(),
      delivery: this.delivery,
      cut: (bytes, base) => cutter.cut(bytes, base),
    })
  }
}
