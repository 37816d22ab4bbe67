import type { RemoteContract } from '../remote-contract.js'
import { Backlog } from './backlog.js'
import { EndedTable } from './ended-table.js'
import type { Group, GroupCommit } from './group-commit.js'
import { begun, ended, type Ending, revived, stateAfter, type Happening } from './invocation-states.js'
import type { Lease, Live } from './lease.js'
import type { PrimeParts } from './prime-parts.js'
import {
  type BacklogPlace,
  chapterOf,
  type ContractRow,
  contractOf,
  type EndedRow,
  type FinalState,
  idKey,
  type Invoker,
  type LiveRow,
  type LogRow,
  NEW_CONTRACT,
} from './rows.js'
import type { TableChange } from './tables.js'
import { WaitingRoom } from './waiting-room.js'
import { assert } from '../../../base/errors.js'

/** Longest wait for another attempt that is believed, should the clock on the wall have been set back. */
const LONGEST_RETRY_MS = 400_000

interface EndingRow {
  readonly row: EndedRow
  readonly group: Group
}

/** What came of an end: the row, and the group it is written with. */
export type Ended = EndingRow

/** The invocations of one contract: those that have not ended in memory, all of them on the disk. */
export class Invocations {
  readonly contractId: string
  readonly live = new Map<string, Live>()
  readonly leased = new Set<Live>()
  readonly waiting = new WaitingRoom()
  readonly backlog: Backlog
  readonly #parts: PrimeParts
  readonly #commit: GroupCommit
  /** Ended, but perhaps not on the disk yet. */
  readonly #ending = new Map<string, EndingRow>()
  readonly #ended: EndedTable
  #row: ContractRow
  #bytesInFlight = 0
  #extras = 0

  constructor(parts: PrimeParts, commit: GroupCommit, contractId: string, rows: readonly LiveRow[]) {
    this.#parts = parts
    this.#commit = commit
    this.contractId = contractId
    this.#ended = new EndedTable(parts.tables)
    this.#row = (parts.tables.get('contracts', contractId) as ContractRow | undefined) ?? NEW_CONTRACT
    this.backlog = new Backlog(parts.source, parts.tables, contractId, this.#row.place)
    for (const row of rows) this.#enter(row)
  }

  get row(): ContractRow {
    return this.#row
  }

  get bytesInFlight(): number {
    return this.#bytesInFlight
  }

  /** How many have not ended that no record stands behind. */
  get extras(): number {
    return this.#extras
  }

  /** How many wait or are being worked on. */
  size(contract: RemoteContract): number {
    return this.live.size + this.backlog.waiting(contract)
  }

  /** The contract's own row changes with what else is written. */
  change(changes: Partial<ContractRow>, others: readonly TableChange[] = []): Group {
    this.#row = { ...this.#row, ...changes }
    return this.#write(others)
  }

  /** Somebody or something new invokes the contract. */
  begin(invoker: Invoker): { readonly live: Live; readonly group: Group } {
    return this.#revive(begun(invoker), [])
  }

  /** Like {@link begin}, but nothing is written: whoever calls leases or ends it in the same turn. */
  take(invoker: Invoker): Live {
    return this.#enter(begun(invoker))
  }

  /** Another row for an invocation that waits. */
  update(live: Live, row: LiveRow, others: readonly TableChange[] = []): Group {
    live.row = row
    if (!live.lease) this.#wait(live)
    return this.#write([{ table: 'live', key: row.id, value: row }, ...others])
  }

  lease(live: Live, lease: Lease, row: LiveRow): Group {
    this.#check(live, row.token === live.row.token ? 'resumed' : 'granted')
    this.waiting.leave(live)
    live.row = row
    live.lease = lease
    this.leased.add(live)
    this.#bytesInFlight += lease.bytes
    lease.session?.held.add(live)
    return this.#write([{ table: 'live', key: row.id, value: row }])
  }

  /** Nobody works on it any more; `row` tells what follows from that. */
  release(live: Live, row: LiveRow, others: readonly TableChange[] = []): Group {
    this.#check(live, 'released')
    this.#endLease(live)
    return this.update(live, row, others)
  }

  /** It has come to a final state. */
  end(
    live: Live,
    happening: Happening,
    ending: Omit<Ending, 'number' | 'state' | 'finishedMs'>,
    others: readonly TableChange[] = [],
  ): Ended {
    const state = this.#check(live, happening) as FinalState
    if (live.lease) this.#endLease(live)
    this.waiting.leave(live)
    this.live.delete(live.row.id)
    if (live.row.extra > 0) this.#extras -= 1
    const number = this.#row.lastEnded + 1
    const row = ended(live.row, { ...ending, state, number, finishedMs: this.#parts.now() })
    this.#row = { ...this.#row, lastEnded: number, counts: this.#counted(state, 1) }
    const changes = this.#endedChanges(row, row)
    changes.push({ table: 'live', key: row.id, value: undefined }, ...others)
    if (ending.hasToSend) changes.push({ table: 'outbox', key: [this.contractId, number], value: true })
    const group = this.#write(changes)
    this.#remember(row, group)
    return { row, group }
  }

  /** An ended one begins again. */
  reopen(row: EndedRow): { readonly live: Live; readonly group: Group } {
    assert(stateAfter(row.state, row.mayReturn ? 'returned' : 'retried'), 'it can begin again')
    this.#ending.delete(row.id)
    this.#row = { ...this.#row, counts: this.#counted(row.state, -1) }
    return this.#revive(revived(row), this.#endedChanges(row, undefined))
  }

  /** An ended one, whatever becomes of its row. */
  replace(row: EndedRow, by: EndedRow | undefined): Group {
    const counts = { ...this.#counted(row.state, -1) }
    if (by) counts[by.state] += 1
    this.#row = { ...this.#row, counts }
    const group = this.#write([
      ...this.#endedChanges(row, undefined),
      ...(by ? this.#endedChanges(by, by) : [{ table: 'logs', key: row.id, value: undefined } as const]),
    ])
    if (by) this.#remember(by, group)
    return group
  }

  /** What came of an invocation, also if that is not on the disk yet: `group` tells when it is. */
  endOf(id: string): { readonly row: EndedRow; readonly group?: Group } | undefined {
    const ending = this.#ending.get(id)
    if (ending) return ending
    if (this.live.has(id) || contractOf(id) !== this.contractId) return undefined
    const row = this.#ended.find(id, this.#row)
    return row && { row }
  }

  /** {@link endOf} for a record that is about to be taken up: if none can have been before, nothing is looked for. */
  endBefore(id: string): EndedRow | undefined {
    return (this.#row.hasGoneBack ? this.endOf(id) : this.#ending.get(id))?.row
  }

  /** The chain does not lead to the place any more. */
  rewind(place: BacklogPlace): Group {
    return this.change({ hasGoneBack: true }, this.backlog.rewind(place))
  }

  logChange(id: string, logs: LogRow | undefined): readonly TableChange[] {
    return logs ? [{ table: 'logs', key: id, value: logs }] : []
  }

  /** For {@link GroupCommit}: how the contract stands when a group is written. */
  changes(): readonly TableChange[] {
    this.#parts.teller?.changed(this.contractId)
    this.#row = { ...this.#row, place: this.backlog.place }
    return [{ table: 'contracts', key: this.contractId, value: this.#row }]
  }

  #write(changes: readonly TableChange[]): Group {
    return this.#commit.add(changes, this)
  }

  #enter(row: LiveRow): Live {
    const live: Live = { row, lease: undefined }
    this.live.set(row.id, live)
    if (row.extra > 0) this.#extras += 1
    this.#wait(live)
    return live
  }

  #wait(live: Live): void {
    const { retryAtMs } = live.row
    const waitMs = retryAtMs === null ? 0 : Math.min(LONGEST_RETRY_MS, retryAtMs - this.#parts.now())
    this.waiting.enter(live, this.#parts.monotonicMs() + Math.max(0, waitMs))
  }

  #revive(row: LiveRow, others: readonly TableChange[]): { live: Live; group: Group } {
    const live = this.#enter(row)
    return { live, group: this.#write([...others, { table: 'live', key: row.id, value: row }]) }
  }

  #endLease(live: Live): void {
    const { lease } = live
    assert(lease, 'there is a lease to end')
    lease.session?.held.delete(live)
    this.#bytesInFlight -= lease.bytes
    this.leased.delete(live)
    live.lease = undefined
  }

  #check(live: Live, happening: Happening): string {
    const state = stateAfter(live.lease ? 'leased' : 'pending', happening)
    assert(state, `an invocation that is ${live.lease ? 'leased' : 'pending'} cannot be ${happening}`)
    return state
  }

  #counted(state: FinalState, by: number): Record<FinalState, number> {
    return { ...this.#row.counts, [state]: this.#row.counts[state] + by }
  }

  #remember(row: EndedRow, group: Group): void {
    const ending = { row, group }
    this.#ending.set(row.id, ending)
    const forget = (): void => {
      if (this.#ending.get(row.id) === ending) this.#ending.delete(row.id)
    }
    group.durable.then(() => {
      forget()
      this.#parts.teller?.ended(row)
    }, forget)
  }

  #endedChanges(of: EndedRow, value: EndedRow | undefined): TableChange[] {
    const { id, number, state } = of
    const changes: TableChange[] = [
      { table: 'ended', key: [this.contractId, number], value },
      { table: 'ended_ids', key: idKey(id, chapterOf(number)), value: value && number },
    ]
    if (state === 'committed') return changes
    return [
      ...changes,
      { table: 'ended_states', key: [this.contractId, state, number], value: value && true },
    ]
  }
}
