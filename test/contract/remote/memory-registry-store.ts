import type {
  RegistryChanges,
  RegistryStore,
  RowChanges,
} from '../../../src/contract/remote/registry-rows.js'

/** Keeps rows as JSON texts; a write can be made to fail. */
export class MemoryRegistryStore implements RegistryStore {
  readonly #tables = {
    contracts: new Map<string, string>(),
    keys: new Map<string, string>(),
    types: new Map<string, string>(),
  }
  failure: Error | undefined
  writes = 0

  contracts() {
    return this.#rows('contracts') as ReturnType<RegistryStore['contracts']>
  }

  keys() {
    return this.#rows('keys') as ReturnType<RegistryStore['keys']>
  }

  types() {
    return this.#rows('types') as ReturnType<RegistryStore['types']>
  }

  /** All that is kept, as text. */
  text(): string {
    return Object.values(this.#tables)
      .flatMap((table) => [...table.values()])
      .join('\n')
  }

  async write({ contracts, keys, types }: RegistryChanges): Promise<void> {
    this.writes++
    await Promise.resolve()
    if (this.failure) throw this.failure
    this.#change('contracts', contracts, ({ contract }) => contract.id)
    this.#change('keys', keys, ({ id }) => id)
    this.#change('types', types, ({ txnType }) => txnType)
  }

  #rows(table: 'contracts' | 'keys' | 'types'): unknown[] {
    return [...this.#tables[table].values()].map((text) => JSON.parse(text) as unknown)
  }

  #change<R>(
    table: 'contracts' | 'keys' | 'types',
    { put = [], remove = [] }: RowChanges<R> = {},
    idOf: (row: R) => string,
  ): void {
    for (const row of put) this.#tables[table].set(idOf(row), JSON.stringify(row))
    for (const id of remove) this.#tables[table].delete(id)
  }
}
