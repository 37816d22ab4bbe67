import type { Database, RootDatabase } from 'lmdb'
import { written } from '../lmdb-root.js'

/** In the order of its parts. */
type Key = string | readonly (string | number)[]

interface Change<Name> {
  readonly table: Name
  readonly key: Key
  /** Undefined: the key goes. */
  readonly value: unknown
}

interface Range {
  readonly start: Key
  readonly end: Key
  readonly reverse?: boolean
  readonly limit: number
}

type Table = Database<unknown, never>

/** Ordered tables in an LMDB environment, written many changes at a time. The environment stays its opener's. */
export class OrderedTables<Name extends string> {
  readonly #root: RootDatabase<unknown, string>
  readonly #tables: Readonly<Record<Name, Table>>

  private constructor(root: RootDatabase<unknown, string>, tables: Readonly<Record<Name, Table>>) {
    this.#root = root
    this.#tables = tables
  }

  /** `root` must be one whose promises say that a write is on the disk ({@link openRemoteRoot}). */
  static open<Name extends string>(
    root: RootDatabase<unknown, string>,
    names: readonly Name[],
  ): OrderedTables<Name> {
    const tables = names.map((name) => [name, root.openDB(`prime_${name}`, {})])
    return new OrderedTables(root, Object.fromEntries(tables) as Record<Name, Table>)
  }

  get(table: Name, key: Key): unknown {
    return this.#tables[table].get(key as never)
  }

  range(table: Name, { start, end, reverse = false, limit }: Range): { key: Key; value: unknown }[] {
    // LMDB's start is the end it begins to read at.
    const bounds = reverse
      ? { start: end, end: start, exclusiveStart: true, inclusiveEnd: true }
      : { start, end }
    return [...this.#tables[table].getRange({ ...bounds, reverse, limit, snapshot: false } as never)]
  }

  count(table: Name, start: Key, end: Key): number {
    return this.#tables[table].getKeysCount({ start, end } as never)
  }

  /** All of them or none. On the disk when it resolves. */
  async write(changes: readonly Change<Name>[]): Promise<void> {
    await written(this.#root, () => this.#root.batch(() => this.#put(changes)))
  }

  #put(changes: readonly Change<Name>[]): void {
    let last: Promise<boolean> | undefined
    for (const { table, key, value } of changes) {
      const done =
        value === undefined
          ? this.#tables[table].remove(key as never)
          : this.#tables[table].put(key as never, value)
      // They fail with the batch; what became of it is told once.
      if (done !== last) done.catch(() => undefined)
      last = done
    }
  }
}
