import type { Database, RootDatabase } from 'lmdb'
import { written } from '../lmdb-root.js'

interface Changes<R> {
  readonly put?: readonly R[]
  readonly remove?: readonly string[]
}

/** Contracts, API keys and types of records by their ids, in the environment of remote contracts. */
export class RegistryTables<
  C extends { readonly contract: { readonly id: string } },
  K extends { readonly id: string },
  T extends { readonly txnType: string },
> {
  readonly #root: RootDatabase<unknown, string>
  readonly #contracts: Database<C, string>
  readonly #keys: Database<K, string>
  readonly #types: Database<T, string>

  constructor(root: RootDatabase<unknown, string>) {
    this.#root = root
    this.#contracts = root.openDB<C, string>('registered_contracts', { encoding: 'json' })
    this.#keys = root.openDB<K, string>('registered_keys', { encoding: 'json' })
    this.#types = root.openDB<T, string>('registered_types', { encoding: 'json' })
  }

  contracts(): Iterable<C> {
    return rowsOf(this.#contracts)
  }

  keys(): Iterable<K> {
    return rowsOf(this.#keys)
  }

  types(): Iterable<T> {
    return rowsOf(this.#types)
  }

  /** All of it or nothing; on the disk when it resolves. */
  async write(changes: {
    readonly contracts?: Changes<C>
    readonly keys?: Changes<K>
    readonly types?: Changes<T>
  }): Promise<void> {
    await written(this.#root, () =>
      this.#root.childTransaction(() => {
        change(this.#contracts, changes.contracts, ({ contract }) => contract.id)
        change(this.#keys, changes.keys, ({ id }) => id)
        change(this.#types, changes.types, ({ txnType }) => txnType)
      }),
    )
  }
}

function* rowsOf<R>(table: Database<R, string>): Generator<R> {
  for (const { value } of table.getRange()) yield value
}

function change<R>(
  table: Database<R, string>,
  { put = [], remove = [] }: Changes<R> = {},
  idOf: (row: R) => string,
): void {
  for (const row of put) table.putSync(idOf(row), row)
  for (const id of remove) table.removeSync(id)
}
