import { UsageError } from '../errors.js'
import type { Hash } from '../hash.js'
import type { Network } from '../networks/network.js'
import { HEADER_STRIDE, type Headers } from '../wire/messages/headers.js'
import type { ConnectResult, Reorg } from './connect-result.js'
import type { HeaderFiles } from './files/header-files.js'
import { openFiles, readFiles } from './files/open-files.js'
import { WriteQueue } from './files/write-queue.js'
import { type Header, HEADER_BYTES } from './header.js'
import { type Change, HeaderBook } from './header-book.js'
import type { HeaderTree } from './header-tree.js'
import { type HeadersStoreOptions, resolveOptions } from './store-options.js'

/**
 * All headers of a network: in memory to read at once, in files to last. The chain with the most work is the main chain;
 * between equals the one that came first.
 */
export class HeadersStore {
  readonly network: Network
  /** Bytes that were cut off the file when it was opened: the remains of a write that was interrupted. */
  readonly droppedBytes: number
  readonly #book: HeaderBook
  readonly #tree: HeaderTree
  readonly #files: HeaderFiles | undefined
  readonly #queue: WriteQueue | undefined
  #isClosed = false

  private constructor(parts: Parts) {
    this.network = parts.network
    this.droppedBytes = parts.droppedBytes
    this.#book = parts.book
    this.#tree = parts.book.tree
    this.#files = parts.files
    this.#queue = parts.queue
  }

  /**
   * Opens the files, or makes them; imports a file of ConduitP2P that lies there. One store at a time may write them.
   * @throws {StoreError} in use, missing (readonly), damaged, or of another network: the message says what helps
   */
  static async open(options: HeadersStoreOptions): Promise<HeadersStore> {
    const resolved = resolveOptions(options)
    const { network } = resolved
    const newBook = () => new HeaderBook(resolved)
    if (resolved.readonly)
      return new HeadersStore({ network, droppedBytes: 0, book: await readFiles(newBook, resolved) })
    const book = newBook()
    const { files, droppedBytes } = await openFiles(book, resolved)
    const isAlways = resolved.fsync === 'always'
    const queue = new WriteQueue(files, book.tree, isAlways, resolved.maxSideHeaders)
    return new HeadersStore({ network, droppedBytes, book, files, queue })
  }

  /** The last header of the main chain. */
  get tip(): Header {
    return this.#tree.main.tip
  }

  /** Height of the tip. */
  get height(): number {
    return this.#tree.main.height
  }

  /** Headers that are known but not on the main chain. */
  get sideHeaders(): number {
    return this.#tree.sides.size
  }

  /** The header of the main chain at a height, if it has come so far. */
  header(height: number): Header | undefined {
    const isThere = Number.isInteger(height) && height >= 0 && height <= this.height
    return isThere ? this.#tree.main.header(height) : undefined
  }

  /** A known header, on the main chain or off it. */
  find(hash: Hash): Header | undefined {
    return this.#tree.find(hash)
  }

  contains(hash: Hash): boolean {
    return this.#tree.contains(hash)
  }

  isOnMainChain(hash: Hash): boolean {
    return this.#tree.main.heightOf(hash) >= 0
  }

  /** Hashes to ask a peer with for what comes after: the header at a height (the tip by default), and ever fewer before it. */
  locator(height = this.height): Hash[] {
    return this.#tree.locator(Math.min(height, this.height))
  }

  /** Work of the chain that ends in a known header, the tip by default. */
  chainWork(hash?: Hash): bigint | undefined {
    return hash === undefined ? this.#tree.main.work : this.#tree.workOf(hash)
  }

  /** The header at a height in the chain that ends in a known header. */
  ancestor(hash: Hash, height: number): Header | undefined {
    return this.#tree.ancestor(hash, height)
  }

  /** Whether the chain that ends in `descendant` goes through `hash`. A header is its own ancestor. */
  isAncestor(hash: Hash, descendant: Hash): boolean {
    return this.#tree.isAncestor(hash, descendant)
  }

  /** The last header that the chains which end in two known headers share. */
  commonAncestor(a: Hash, b: Hash): Header | undefined {
    return this.#tree.commonAncestor(a, b)
  }

  /** What has happened since this was the tip; undefined where it is still on the main chain, or not known any more. */
  reorgSince(oldTip: Header): Reorg | undefined {
    const { main, sides } = this.#tree
    const left = sides.pathFrom(oldTip.hash)
    const first = left.at(-1)?.header
    if (first === undefined) return undefined
    const commonHeight = first.height - 1
    return {
      commonHeight,
      commonHash: main.hash(commonHeight).slice(),
      oldTip,
      newTip: this.tip,
      disconnected: left.map(({ header }) => header.hash),
      connected: Array.from({ length: main.height - commonHeight }, (_, i) =>
        main.hash(commonHeight + 1 + i).slice(),
      ),
    }
  }

  /**
   * Takes headers of 80 bytes, side by side, each following the one before it. Reads show the outcome as soon as this
   * has returned; the promise resolves once it is written.
   * @throws {UsageError} when the length is not a multiple of 80, or the store is closed or readonly
   * @throws {StoreError} when the disk fails
   */
  async connect(raw: Uint8Array): Promise<ConnectResult> {
    if (raw.length % HEADER_BYTES !== 0)
      throw new UsageError(`${raw.length} bytes are no whole number of headers of ${HEADER_BYTES}`)
    return this.#connect(raw, raw.length / HEADER_BYTES, 80)
  }

  /** Takes the headers of a message, as {@link connect} does. */
  async connectMessage({ count, raw }: Headers): Promise<ConnectResult> {
    return this.#connect(raw, count, HEADER_STRIDE)
  }

  /** Resolves when all headers taken so far are on the disk. */
  async flush(): Promise<void> {
    if (this.#isClosed) throw new UsageError('the headers store is closed')
    await this.#queue?.flush()
  }

  /** Writes what is left and lets other processes have the files. Closing twice is harmless. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    try {
      await this.#queue?.close()
    } finally {
      await this.#files?.close()
    }
  }

  async #connect(bytes: Uint8Array, count: number, stride: number): Promise<ConnectResult> {
    if (this.#queue === undefined) throw new UsageError('a readonly store takes no headers')
    if (this.#isClosed) throw new UsageError('the headers store is closed')
    this.#queue.check()
    const tipBefore = this.tip
    const change = this.#book.connect(bytes, count, stride)
    const result = this.#resultOf(change, tipBefore)
    if (change.added > 0) await this.#queue.write(change, tipBefore.height)
    return result
  }

  #resultOf({ added, duplicates, refused }: Change, tipBefore: Header): ConnectResult {
    const reorg = this.reorgSince(tipBefore)
    return {
      ...{ added, duplicates, tipBefore, tipAfter: this.tip },
      ...(reorg && { reorg }),
      ...(refused && { refused }),
    }
  }
}

interface Parts {
  readonly network: Network
  readonly droppedBytes: number
  readonly book: HeaderBook
  readonly files?: HeaderFiles
  readonly queue?: WriteQueue
}
