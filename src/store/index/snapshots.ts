import type { RootDatabase, Transaction } from 'lmdb'
import { assert } from '../../base/errors.js'
import type { HistoryEntry, WorldSnapshot } from '../../ledger/world-snapshot.js'
import type { VersionedValue, WorldEntry } from '../../ledger/world-state.js'
import type { HistoryTable } from './history-table.js'
import type { StateTables } from './state-tables.js'
import { MOST_SNAPSHOTS } from './tables.js'

/** Far beyond the time any call may take: a snapshot this old was forgotten. */
const MAX_AGE_MS = 15 * 60_000

/** One read transaction and how many snapshots look through it. */
interface View {
  readonly transaction: Transaction
  readonly tip: string | undefined
  readonly openedMs: number
  users: number
  isOver: boolean
}

/** Open snapshots. Those of the same block share a read transaction, which ends with the last of them. */
export class Snapshots {
  readonly #root: RootDatabase<unknown, string>
  readonly #state: StateTables
  readonly #history: HistoryTable
  readonly #now: () => number
  readonly #views = new Set<View>()
  #latest: View | undefined

  constructor(
    root: RootDatabase<unknown, string>,
    state: StateTables,
    history: HistoryTable,
    now: () => number,
  ) {
    this.#root = root
    this.#state = state
    this.#history = history
    this.#now = now
  }

  /** `tip` and `height` are those of the last block. */
  open(tip: string | undefined, height: number): WorldSnapshot {
    const view = this.#viewOf(tip)
    view.users += 1
    const close = (): void => {
      view.users -= 1
      if (view.users === 0) this.#end(view)
    }
    return new Snapshot(height, view, this.#state, this.#history, close)
  }

  /** Ends what nobody closed. Only blocks make the file grow, so it is enough to look when one comes. */
  closeOld(): void {
    const oldest = this.#now() - MAX_AGE_MS
    for (const view of this.#views) {
      if (view.openedMs >= oldest) return
      this.#end(view)
    }
  }

  closeAll(): void {
    for (const view of this.#views) this.#end(view)
  }

  #viewOf(tip: string | undefined): View {
    if (this.#latest && this.#latest.tip === tip && !this.#latest.isOver) return this.#latest
    if (this.#views.size >= MOST_SNAPSHOTS)
      throw new Error(`snapshots of ${MOST_SNAPSHOTS} different blocks are open`)
    const transaction = this.#root.useReadTransaction()
    const view = { transaction, tip, openedMs: this.#now(), users: 0, isOver: false }
    this.#views.add(view)
    this.#latest = view
    return view
  }

  #end(view: View): void {
    if (view.isOver) return
    view.isOver = true
    this.#views.delete(view)
    view.transaction.done()
  }
}

class Snapshot implements WorldSnapshot {
  readonly height: number
  readonly #view: View
  readonly #state: StateTables
  readonly #history: HistoryTable
  readonly #close: () => void
  #isClosed = false

  constructor(height: number, view: View, state: StateTables, history: HistoryTable, close: () => void) {
    this.height = height
    this.#view = view
    this.#state = state
    this.#history = history
    this.#close = close
  }

  worldValue(namespace: string, key: string): VersionedValue | undefined {
    return this.#state.worldValue(namespace, key, this.#transaction())
  }

  worldRange(namespace: string, start: string, end: string): Iterable<WorldEntry> {
    return this.#whileOpen(this.#state.worldRange(namespace, start, end, this.#transaction()))
  }

  history(namespace: string, key: string): Iterable<HistoryEntry> {
    return this.#whileOpen(this.#history.of(namespace, key, this.#transaction()))
  }

  close(): void {
    assert(!this.#isClosed, 'a snapshot is closed once')
    this.#isClosed = true
    this.#close()
  }

  *#whileOpen<T>(entries: Generator<T>): Generator<T> {
    this.#transaction()
    for (const entry of entries) {
      yield entry
      this.#transaction()
    }
  }

  #transaction(): Transaction {
    if (this.#isClosed || this.#view.isOver) throw new Error('the snapshot is closed')
    return this.#view.transaction
  }
}
