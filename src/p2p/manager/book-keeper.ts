import type { Clock } from '../clock.js'
import type { Logger } from '../logger.js'
import { AddressBook } from './address-book.js'
import { readPeersFile, writePeersFile } from './peers-file.js'

/** Changes that follow each other closely are written together. */
const WRITE_DELAY_MS = 1000

/** Keeps an address book in a file, if there is one. */
export class BookKeeper {
  readonly book: AddressBook
  #cancelWrite: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly path: string | undefined,
  ) {
    this.book = new AddressBook(clock, () => this.#onChange())
  }

  /** Reads what an earlier run has written. @throws {UsageError} for a file of another kind */
  async load(defaultPort: number): Promise<void> {
    if (this.path !== undefined) this.book.load(await readPeersFile(this.path, defaultPort))
  }

  /** Resolves when all is written. */
  async close(): Promise<void> {
    if (this.#cancelWrite !== undefined) {
      this.#cancelWrite()
      this.#write()
    }
    await this.#writing
  }

  #onChange(): void {
    if (this.path !== undefined) this.#cancelWrite ??= this.clock.after(WRITE_DELAY_MS, () => this.#write())
  }

  #write(): void {
    this.#cancelWrite = undefined
    const { path } = this
    if (path === undefined) return
    this.#writing = this.#writing
      .then(() => writePeersFile(path, this.book.records))
      .catch((error: unknown) => this.logger.warn(`${path} was not written: ${String(error)}`))
  }
}
