import { type Database, open, type RootDatabase } from 'lmdb'
import type { BlockUndo } from '../../ledger/undo.js'
import type { VersionedValue } from '../../ledger/world-state.js'

/** A table whose keys and values are bytes. */
export type BinaryTable = Database<Buffer, Buffer>

/**
 * What follows from the blocks of the chain alone. Each table that a block touches costs copies of pages, as many as its
 * tree is deep: things that stand side by side in the order of their keys share a table.
 */
export interface ChainTables {
  /** In chain order: block hashes by height, transaction ids by place, unspent outputs by place and output. */
  readonly places: BinaryTable
  /** Places by transaction id. */
  readonly transactions: BinaryTable
  /** By address: its totals, its flows by place, its unspent outputs by place and output. */
  readonly addresses: BinaryTable
  /** Addresses by balance. */
  readonly wealth: BinaryTable
  /** Ids of the calls that took effect. */
  readonly calls: BinaryTable
  /** By height; of a block that overwrote nothing there is none. */
  readonly undo: Database<BlockUndo, Buffer>
  readonly world: Database<VersionedValue, Buffer>
}

/** The tables of an index, open in one LMDB environment. */
export interface Tables {
  readonly root: RootDatabase<unknown, string>
  /** Of all tables but the root, which holds them and its own entry {@link META}. */
  readonly names: ReadonlySet<string>
  /** Headers of all branches by hash. */
  readonly headers: BinaryTable
  /** Hashes that no other header follows. */
  readonly tips: BinaryTable
  readonly chain: ChainTables
}

/** The key in the root table of what an index says of itself. */
export const META = 'meta'

/** The value of a table that is a set of keys. */
export const NOTHING = Buffer.alloc(0)

/** Address space, not size on disk: LMDB maps the whole file. */
const MAP_BYTES = 1 << 40

export function openTables(folder: string): Tables {
  const root = open<unknown, string>({
    path: folder,
    mapSize: MAP_BYTES,
    maxDbs: 16,
    cache: false,
    noSubdir: false,
  })
  const names = new Set<string>()
  const binary = (name: string): BinaryTable =>
    root.openDB<Buffer, Buffer>(named(name), { encoding: 'binary', keyEncoding: 'binary' })
  const named = (name: string): string => (names.add(name), name)
  return {
    root,
    names,
    headers: binary('headers'),
    tips: binary('tips'),
    chain: {
      places: binary('places'),
      transactions: binary('transactions'),
      addresses: binary('addresses'),
      wealth: binary('wealth'),
      calls: binary('calls'),
      undo: root.openDB(named('undo'), { keyEncoding: 'binary' }),
      world: root.openDB(named('world'), { keyEncoding: 'binary' }),
    },
  }
}

/** Drops, inside a write, the tables that an index of another layout had and these are not. */
export function dropOthers({ root, names }: Tables): void {
  for (const name of [...root.getKeys({ snapshot: false })]) {
    if (name !== META && !names.has(name)) root.openDB(name, {}).dropSync()
  }
}

/** Every table but the root. */
export function allTables({ headers, tips, chain }: Tables): readonly Database<unknown, Buffer>[] {
  return [headers, tips, ...(Object.values(chain) as Database<unknown, Buffer>[])]
}

/** All that follows from the chain alone, as it is stored: equal in two indexes of the same chain, whatever led there. */
export function* contentsOf(
  chain: ChainTables,
): Generator<{ readonly table: string; readonly key: string; readonly value: unknown }> {
  for (const [table, database] of Object.entries(chain) as [string, Database<unknown, Buffer>][]) {
    for (const { key, value } of database.getRange({ snapshot: false })) {
      yield {
        table,
        key: key.toString('hex'),
        value: Buffer.isBuffer(value) ? value.toString('hex') : value,
      }
    }
  }
}
