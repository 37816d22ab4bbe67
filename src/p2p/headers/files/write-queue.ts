import type { Change } from '../header-book.js'
import type { HeaderTree } from '../header-tree.js'
import type { Header } from '../header.js'
import type { FileTip, HeaderFiles } from './header-files.js'
import { StoreError } from './store-error.js'

/** At the latest after so many headers, or so long, what was written is brought to the disk. */
const MAX_UNSYNCED_HEADERS = 100_000
const MAX_UNSYNCED_MS = 1000

/** Brings the changes of a tree to its files, in the order in which they happened. */
export class WriteQueue {
  readonly #files: HeaderFiles
  readonly #tree: HeaderTree
  readonly #syncsAlways: boolean
  readonly #maxSides: number
  #last: Promise<void> = Promise.resolve()
  #failure: StoreError | undefined
  #unsynced = 0
  #timer: NodeJS.Timeout | undefined

  constructor(files: HeaderFiles, tree: HeaderTree, syncsAlways: boolean, maxSides: number) {
    this.#files = files
    this.#tree = tree
    this.#syncsAlways = syncsAlways
    this.#maxSides = maxSides
  }

  /** @throws {StoreError} store_failed, once a write has failed */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /**
   * Takes what a change has made of the tree, at once; resolves when it is written.
   * @param heightBefore of the main chain
   */
  write(change: Change, heightBefore: number): Promise<void> {
    const { main } = this.#tree
    const isReorg = change.commonHeight < heightBefore
    const raw = main.rawFrom(change.commonHeight + 1)
    const sides = rawOf([...change.disconnected, ...change.sides])
    const tip = this.#tip()
    return this.#inTurn(async () => {
      await this.#files.appendSides(sides)
      if (isReorg) return this.#replace(change.commonHeight, raw, tip)
      await this.#files.append(change.commonHeight + 1, raw)
      this.#unsynced += change.added
      if (this.#syncsAlways || this.#unsynced >= MAX_UNSYNCED_HEADERS) await this.#commit(tip)
      else this.#commitLater()
    })
  }

  /** Resolves when all that was written before is on the disk. */
  flush(): Promise<void> {
    const tip = this.#tip()
    return this.#inTurn(() => this.#commit(tip))
  }

  /** Writes what is left. The files stay open. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#last
    if (this.#failure === undefined && this.#unsynced > 0) await this.flush()
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      this.check()
      try {
        await work()
      } catch (error) {
        this.#failure = new StoreError(
          'store_failed',
          'the headers could not be written: open the store again when the disk is well',
          { cause: error },
        )
        throw this.#failure
      }
    })
    this.#last = done.catch(() => undefined)
    return done
  }

  async #replace(commonHeight: number, raw: Uint8Array, tip: FileTip): Promise<void> {
    await this.#files.replace(commonHeight, raw, tip)
    this.#isSynced()
    // Headers that came back onto the main chain stay in the file of side branches until it is written anew.
    if (this.#files.sideCount > 2 * this.#maxSides)
      await this.#files.rewriteSides(rawOf(this.#tree.sides.inOrder()))
  }

  async #commit(tip: FileTip): Promise<void> {
    await this.#files.commit(tip)
    this.#isSynced()
  }

  #isSynced(): void {
    this.#unsynced = 0
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #commitLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      // A failure is kept, and told to whoever connects or closes next.
      this.flush().catch(() => undefined)
    }, MAX_UNSYNCED_MS).unref()
  }

  #tip(): FileTip {
    const { main } = this.#tree
    return { height: main.height, hash: main.hash(main.height).slice() }
  }
}

export const rawOf = (headers: readonly Header[]): Uint8Array => Buffer.concat(headers.map(({ raw }) => raw))
