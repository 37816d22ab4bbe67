import type { Database, RootDatabase } from 'lmdb'
import { DiskError } from '../../base/disk-error.js'
import type { Json } from '../../base/json.js'
import { opened, openRoot, written } from '../lmdb-root.js'

/** A pending transaction as it is kept. */
export interface KeptTransaction {
  /** The transaction as it stands in JSON. */
  readonly transaction: Json
  /** When it arrived, in ms since 1970. */
  readonly addedMs: number
}

/**
 * Transactions that wait for a block, kept so that an accepted one outlives a kill. Writes that come together are
 * committed together.
 */
export class PendingStore {
  readonly #root: RootDatabase<KeptTransaction, string>
  readonly #pending: Database<KeptTransaction, string>
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
    await written(this.#root, () => {
      this.#ids.add(id)
      return this.#pending.put(id, kept)
    })
    // While other writes fail, LMDB's queue now and then says of one that it was committed when it was not.
    if (this.#ids.has(id) && !this.#pending.doesExist(id))
      throw new DiskError(`transaction ${id} is not on the disk: a write beside it failed`)
  }

  /** Resolves when it is gone from the disk. @throws {DiskError} when the disk does not take that */
  async remove(id: string): Promise<void> {
    if (!this.#ids.has(id)) return
    await written(this.#root, () => {
      this.#ids.delete(id)
      return this.#pending.remove(id)
    })
  }

  /** Resolves when all that was put and removed so far is kept and gone. */
  async settled(): Promise<void> {
    await this.#pending.committed
  }

  /** In the order of arrival. */
  all(): KeptTransaction[] {
    const kept = [...this.#pending.getRange()].map(({ value }) => value)
    return kept.sort((a, b) => a.addedMs - b.addedMs)
  }

  async close(): Promise<void> {
    await this.#root.close()
  }
}
