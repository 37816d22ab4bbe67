import type { Database, RootDatabase } from 'lmdb'
import type { Json } from '../../base/json.js'
import { GroupWrites } from '../group-writes.js'
import { opened, openRoot, written } from '../lmdb-root.js'

/** A pending transaction as it is kept. */
export interface KeptTransaction {
  /** The transaction as it stands in JSON. */
  readonly transaction: Json
  /** When it arrived, in ms since 1970. */
  readonly addedMs: number
}

interface Change {
  readonly id: string
  /** Undefined: it goes. */
  readonly kept: KeptTransaction | undefined
}

/**
 * Transactions that wait for a block, kept so that an accepted one outlives a kill. Writes that come together are
 * committed together.
 */
export class PendingStore {
  readonly #root: RootDatabase<KeptTransaction, string>
  readonly #pending: Database<KeptTransaction, string>
  readonly #writes = new GroupWrites<Change>((changes) => this.#write(changes))
  /** What is kept or about to be: most transactions of a block never were, and removing them would cost writes. */
  readonly #ids: Set<string>

  private constructor(folder: string) {
    this.#root = openRoot(folder)
    this.#pending = opened(this.#root, () => this.#root.openDB<KeptTransaction, string>('pending', {}))
    this.#ids = new Set(this.#pending.getKeys())
  }

  static open(folder: string): PendingStore {
    return new PendingStore(folder)
  }

  /** Resolves when it is on the disk. @throws {DiskError} when the disk does not take it */
  async put(id: string, kept: KeptTransaction): Promise<void> {
    this.#ids.add(id)
    await this.#writes.add({ id, kept })
  }

  /** Resolves when it is gone from the disk. @throws {DiskError} when the disk does not take that */
  async remove(id: string): Promise<void> {
    if (this.#ids.delete(id)) await this.#writes.add({ id, kept: undefined })
  }

  /** Resolves when all that was put and removed so far is kept and gone. */
  async settled(): Promise<void> {
    await this.#writes.idle()
  }

  /** In the order of arrival. */
  all(): KeptTransaction[] {
    const kept = [...this.#pending.getRange()].map(({ value }) => value)
    return kept.sort((a, b) => a.addedMs - b.addedMs)
  }

  async close(): Promise<void> {
    await this.settled()
    await this.#root.close()
  }

  async #write(changes: readonly Change[]): Promise<void> {
    await written(this.#root, () => this.#root.batch(() => this.#put(changes)))
  }

  #put(changes: readonly Change[]): void {
    for (const { id, kept } of changes) {
      const done = kept ? this.#pending.put(id, kept) : this.#pending.remove(id)
      // It fails with the batch; what became of that is told once.
      done.catch(() => undefined)
    }
  }
}
