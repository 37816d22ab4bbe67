import type { TableChange, Tables } from './tables.js'

/** The store could not write; what was in memory alone is void. */
export class StoreFailedError extends Error {
  override readonly name = 'StoreFailedError'
}

/** Something whose row is written with whatever else is, as it is then. */
export interface Dirty {
  changes(): readonly TableChange[]
}

/** How far a group is: all that is added between two writes is written together. */
export interface Group {
  readonly durable: Promise<void>
}

interface Gathering extends Group {
  readonly changes: TableChange[]
  readonly dirty: Set<Dirty>
  settle(error?: StoreFailedError): void
}

/**
 * Writes what comes in one turn, or while the last write is under way, in one go. After a failed write nothing else is
 * written of what was added before: it may build on what is not there.
 */
export class GroupCommit {
  readonly #tables: Pick<Tables, 'write'>
  readonly #onFailure: (error: unknown) => void
  #gathering: Gathering | undefined
  #writing: Promise<void> | undefined

  /** `onFailure` is called before anybody who waits hears of it. */
  constructor(tables: Pick<Tables, 'write'>, onFailure: (error: unknown) => void) {
    this.#tables = tables
    this.#onFailure = onFailure
  }

  /** `dirty` tells its changes when the group is written. */
  add(changes: readonly TableChange[], dirty?: Dirty): Group {
    const group = (this.#gathering ??= this.#begin())
    for (const change of changes) group.changes.push(change)
    if (dirty) group.dirty.add(dirty)
    return group
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    while (this.#writing ?? this.#gathering) {
      await (this.#writing ?? this.#gathering?.durable)?.catch(() => undefined)
    }
  }

  #begin(): Gathering {
    if (!this.#writing) setImmediate(() => void this.#write())
    const { promise, resolve, reject } = deferred()
    // Not everybody waits for what he adds.
    promise.catch(() => undefined)
    return {
      changes: [],
      dirty: new Set(),
      durable: promise,
      settle: (error) => (error ? reject(error) : resolve()),
    }
  }

  async #write(): Promise<void> {
    const group = this.#gathering
    if (!group || this.#writing) return
    this.#gathering = undefined
    for (const dirty of group.dirty) group.changes.push(...dirty.changes())
    this.#writing = this.#tables.write(group.changes)
    try {
      await this.#writing
      group.settle()
    } catch (error) {
      this.#fail(group, error)
    }
    this.#writing = undefined
    this.#goOn()
  }

  /** What came while the last group was written makes the next. */
  #goOn(): void {
    if (this.#gathering) setImmediate(() => void this.#write())
  }

  #fail(group: Gathering, cause: unknown): void {
    const later = this.#gathering
    this.#gathering = undefined
    this.#onFailure(cause)
    const error = new StoreFailedError('what is kept for remote contracts cannot be written', { cause })
    group.settle(error)
    later?.settle(error)
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let resolve!: () => void
  let reject!: (error: Error) => void
  const promise = new Promise<void>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
