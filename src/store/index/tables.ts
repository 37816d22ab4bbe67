import type { Database, RootDatabase } from 'lmdb'
import type { BlockUndo } from '../../ledger/undo.js'
import type { HistoryWrite } from '../../ledger/contracts/history.js'
import type { VersionedValue } from '../../ledger/world-state.js'
import { opened, openRoot } from '../lmdb-root.js'

/** A table whose keys and values are bytes. */
export type BinaryTable = Database<Buffer, Buffer>

/** A write as its key's history keeps it. */
export type KeptHistory = Pick<HistoryWrite, 'callId' | 'timestampMs' | 'value'>

/** What follows from the blocks of the chain alone. */
export interface ChainTables {
  /** Hashes by height. */
  readonly active: BinaryTable
  /** By the place of the transaction that made them. */
  readonly utxo: BinaryTable
  /** Places by transaction id. */
  readonly transactions: BinaryTable
  /** Transaction ids by place. */
  readonly ids: BinaryTable
  /** Totals by address. */
  readonly addresses: BinaryTable
  /** Unspent outputs by address, then place. */
  readonly addressUtxo: BinaryTable
  /** Flows by address, then place in the chain. */
  readonly addressPlaces: BinaryTable
  /** Addresses by balance. */
  readonly wealth: BinaryTable
  /** Ids of the transactions whose calls and outputs took effect, by call id or output id. */
  readonly calls: BinaryTable
  /** Records and outputs by kind, type and ordinal. */
  readonly records: BinaryTable
  /** By height. */
  readonly undo: Database<BlockUndo, Buffer>
  readonly world: Database<VersionedValue, Buffer>
  /** By namespace, key and place. */
  readonly history: Database<KeptHistory, Buffer>
}

/** The tables of an index, open in one LMDB environment. */
export interface Tables {
  readonly root: RootDatabase<unknown, string>
  /** Headers of all branches by hash. */
  readonly headers: BinaryTable
  /** Hashes that no other header follows. */
  readonly tips: BinaryTable
  readonly chain: ChainTables
}

/** The value of a table that is a set of keys. */
export const NOTHING = Buffer.alloc(0)

/** Snapshots of different blocks that may be open at a time. */
export const MOST_SNAPSHOTS = 1000
const OTHER_READERS = 24

export function openTables(folder: string): Tables {
  const root = openRoot<unknown>(folder, { maxDbs: 24, maxReaders: MOST_SNAPSHOTS + OTHER_READERS })
  return opened(root, () => tablesIn(root))
}

function tablesIn(root: Tables['root']): Tables {
  const binary = (name: string): BinaryTable =>
    root.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' })
  return {
    root,
    headers: binary('headers'),
    tips: binary('tips'),
    chain: {
      active: binary('active'),
      utxo: binary('utxo'),
      transactions: binary('transactions'),
      ids: binary('ids'),
      addresses: binary('addresses'),
      addressUtxo: binary('address_utxo'),
      addressPlaces: binary('address_places'),
      wealth: binary('wealth'),
      calls: binary('calls'),
      records: binary('records'),
      undo: root.openDB('undo', { keyEncoding: 'binary' }),
      world: root.openDB('world', { keyEncoding: 'binary' }),
      history: root.openDB('history', { keyEncoding: 'binary' }),
    },
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
