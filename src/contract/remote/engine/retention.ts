import type { Desk } from './desk.js'
import type { Outbox } from './outbox.js'
import { chapterOf, type EndedRow, idKey } from './rows.js'
import type { TableChange } from './tables.js'

/** Ended invocations after which it is looked whether there are too many. */
const EVERY = 64
/** Most that are forgotten in a row: more than come to be. */
const AT_ONCE = 4 * EVERY
/** Blocks on a record below which it is not forgotten: a reorg may take it out and bring it back. */
const SAFE_BLOCKS = 100
const TABLES_OF_CONTRACT = ['ended', 'ended_states', 'heap', 'marks'] as const
const LAST = Number.MAX_SAFE_INTEGER

/** REM-50: forgets what people are no longer shown. */
export class Retention {
  readonly #desk: Desk
  readonly #outbox: Outbox
  #lookedAt = 0

  constructor(desk: Desk, outbox: Outbox) {
    this.#desk = desk
    this.#outbox = outbox
  }

  /** Call it when invocations have ended. */
  trim(): void {
    const { invocations, limits } = this.#desk
    const { lastEnded, forgottenTo } = invocations.row
    if (lastEnded < this.#lookedAt + EVERY) return
    this.#lookedAt = lastEnded
    const upTo = Math.min(lastEnded - limits.kept, (this.#outbox.oldest() ?? LAST) - 1)
    if (upTo <= forgottenTo) return
    const rows = this.#rows(forgottenTo + 1, upTo + 1)
    const changes: TableChange[] = []
    let reached = rows.length < AT_ONCE ? upTo : forgottenTo
    for (const row of rows) {
      if (!this.#isSettled(row)) {
        reached = row.number - 1
        break
      }
      reached = Math.max(reached, row.number)
      // The dead wait for somebody to see to them.
      if (row.state !== 'dead') changes.push(...gone(row))
    }
    if (reached > forgottenTo) invocations.change({ forgottenTo: reached }, changes)
  }

  /** Forgets everything of a contract that is deleted, some at a time. False: nothing is left. */
  purge(): boolean {
    const { contractId, invocations, parts } = this.#desk
    const rows = this.#rows(0, LAST)
    const changes = rows.flatMap(gone)
    for (const table of TABLES_OF_CONTRACT) {
      const range = { start: [contractId], end: [contractId, '\uffff'], limit: AT_ONCE }
      if (rows.length > 0) break
      for (const { key } of parts.tables.range(table, range)) changes.push({ table, key, value: undefined })
    }
    if (changes.length > 0) invocations.change({}, changes)
    return changes.length > 0
  }

  #rows(from: number, to: number): EndedRow[] {
    const { contractId, parts } = this.#desk
    const range = { start: [contractId, from], end: [contractId, to], limit: AT_ONCE }
    return parts.tables.range('ended', range).map(({ value }) => value as EndedRow)
  }

  #isSettled({ kind, ordinal, txnType }: EndedRow): boolean {
    if (kind !== 'transaction') return true
    const { source } = this.#desk.parts
    const record = source.at(txnType, ordinal)
    return !record || record.height <= source.height() - SAFE_BLOCKS
  }
}

function gone({ id, contractId, number, state }: EndedRow): TableChange[] {
  return [
    { table: 'ended', key: [contractId, number], value: undefined },
    { table: 'ended_ids', key: idKey(id, chapterOf(number)), value: undefined },
    { table: 'logs', key: id, value: undefined },
    ...(state === 'committed'
      ? []
      : [{ table: 'ended_states', key: [contractId, state, number], value: undefined } as const]),
  ]
}
