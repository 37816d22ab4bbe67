import type { PlacedRecord } from '../record-source.js'
import type {
  BacklogReport,
  ContractProgress,
  InvocationReport,
  InvocationState,
  LogLine,
} from '../prime-reports.js'
import type { RemoteContract } from '../remote-contract.js'
import type { ContractQueue } from './contract-queue.js'
import { EndedTable } from './ended-table.js'
import type { Live } from './lease.js'
import type { PrimeParts } from './prime-parts.js'
import { contractOf, type EndedRow, invocationId, type LogRow, NEW_CONTRACT, txnIdOf } from './rows.js'
import { comesBefore } from './waiting-room.js'

/** Rows read in a row. */
const STEP = 256
const LAST = Number.MAX_SAFE_INTEGER
const NO_LOGS: LogRow = { stdout: '', stderr: '', truncated: false }

type Wanted = { readonly state?: InvocationState; readonly after?: string; readonly limit: number }

/** What people are told: of those that have ended from the disk, of the others from memory, of those to come from the chain. */
export class Reports {
  readonly #parts: PrimeParts
  readonly #queueOf: (contractId: string) => ContractQueue | undefined

  constructor(parts: PrimeParts, queueOf: (contractId: string) => ContractQueue | undefined) {
    this.#parts = parts
    this.#queueOf = queueOf
  }

  backlogOf(contractId: string): BacklogReport {
    const queue = this.#queueOf(contractId)
    const contract = this.#parts.registry.get(contractId)
    const invocations = queue?.desk.invocations
    const leased = invocations?.leased.size ?? 0
    return {
      ...(invocations?.row.counts ?? NEW_CONTRACT.counts),
      leased,
      pending: invocations && contract ? invocations.size(contract) - leased : 0,
      outputsWaiting: queue?.outputsMissing ?? 0,
      oldestMs: queue && contract ? this.#oldestMs(queue, contract) : null,
    }
  }

  progressOf(contractId: string): ContractProgress {
    const invocations = this.#queueOf(contractId)?.desk.invocations
    return {
      takenUpTo: invocations?.backlog.place.ordinal ?? 0,
      hasForgotten: (invocations?.row.forgottenTo ?? 0) > 0,
    }
  }

  invocations(contractId: string, wanted: Wanted): readonly InvocationReport[] {
    const found: InvocationReport[] = []
    for (const report of this.#all(contractId, wanted)) {
      if (found.length >= wanted.limit) break
      found.push(report)
    }
    return found
  }

  invocation(id: string): InvocationReport | undefined {
    const contractId = contractOf(id)
    const queue = this.#queueOf(contractId)
    const live = queue?.desk.invocations.live.get(id)
    if (live) return this.#ofLive(live)
    const ended = this.#ended(id)
    if (ended) return this.#ofEnded(ended)
    const contract = this.#parts.registry.get(contractId)
    if (!queue || !contract) return undefined
    const ordinal = queue.desk.invocations.backlog.ordinalOf(contract, txnIdOf(id))
    const record = ordinal === undefined ? undefined : this.#parts.source.at(contract.txnType, ordinal)
    return record && ofRecord(contract, record)
  }

  logs(contractId: string, sinceMs: number, tail: number): readonly LogLine[] {
    const lines: LogLine[] = []
    let end = LAST
    while (lines.length < tail) {
      const limit = Math.min(STEP, tail - lines.length)
      const range = { start: [contractId, 0], end: [contractId, end], reverse: true, limit }
      const rows = this.#parts.tables.range('ended', range).map(({ value }) => value as EndedRow)
      for (const row of rows) {
        if (row.finishedMs < sinceMs) return lines.reverse()
        lines.push({ invocationId: row.id, finishedMs: row.finishedMs, ...this.#logsOf(row.id) })
      }
      if (rows.length < limit) break
      end = rows.at(-1)?.number ?? 0
    }
    return lines.reverse()
  }

  heap(contractId: string, key: string): string | undefined {
    return this.#parts.tables.get('heap', [contractId, key]) as string | undefined
  }

  heapKeys(contractId: string, prefix: string, after: string | undefined, limit: number): readonly string[] {
    // A space follows no control character, and no key has one: it is the next key there can be.
    const start = after === undefined || after < prefix ? prefix : `${after}\u0001`
    const range = { start: [contractId, start], end: [contractId, `${prefix}\u{10ffff}`], limit }
    return this.#parts.tables.range('heap', range).map(({ key }) => String(key[1]))
  }

  *#all(contractId: string, { state, after, limit }: Wanted): Generator<InvocationReport> {
    const queue = this.#queueOf(contractId)
    const isFinal = state !== undefined && state !== 'pending' && state !== 'leased'
    const place = after === undefined ? undefined : this.#ended(after)
    // Once past the ended ones, a reader does not see them again.
    if (state === undefined || isFinal) {
      if (after === undefined || place) yield* this.#endedAfter(contractId, state, place?.number ?? 0, limit)
    }
    if (isFinal || !queue) return
    let isPast = after === undefined || place !== undefined
    for (const live of [...queue.desk.invocations.live.values()].sort((a, b) =>
      comesBefore(a, b) ? -1 : 1,
    )) {
      const report = isPast ? this.#ofLive(live) : undefined
      if (report && (state === undefined || report.state === state)) yield report
      if (live.row.id === after) isPast = true
    }
    const contract = this.#parts.registry.get(contractId)
    if (!contract || state === 'leased') return
    const { backlog } = queue.desk.invocations
    const from = isPast ? backlog.place.ordinal : backlog.ordinalOf(contract, txnIdOf(after ?? ''))
    if (from === undefined) return
    for (const record of this.#toCome(queue, contract, from)) yield ofRecord(contract, record)
  }

  *#endedAfter(
    contractId: string,
    state: InvocationState | undefined,
    after: number,
    limit: number,
  ): Generator<InvocationReport> {
    const byState = state !== undefined && state !== 'committed'
    const base = byState ? [contractId, state] : [contractId]
    for (let from = after + 1; ;) {
      const range = { start: [...base, from], end: [...base, LAST], limit: Math.min(STEP, limit) }
      const found = this.#parts.tables.range(byState ? 'ended_states' : 'ended', range)
      for (const { key, value } of found) {
        const number = Number(key.at(-1))
        const row = byState ? this.#parts.tables.get('ended', [contractId, number]) : value
        from = number + 1
        if (row && (state === undefined || (row as EndedRow).state === state))
          yield this.#ofEnded(row as EndedRow)
      }
      if (found.length < range.limit) return
    }
  }

  /** Those after an ordinal that nothing is known of but their records. */
  *#toCome(queue: ContractQueue, contract: RemoteContract, after: number): Generator<PlacedRecord> {
    const { backlog, live } = queue.desk.invocations
    for (let at = after; ;) {
      const record = backlog.peek(contract, at)
      if (!record) return
      at = record.ordinal
      if (!live.has(invocationId(contract.id, record.transactionId))) yield record
    }
  }

  #oldestMs(queue: ContractQueue, contract: RemoteContract): number | null {
    const { backlog, waiting } = queue.desk.invocations
    const first = waiting.first()?.row.timestampMs
    const next = backlog.peek(contract, backlog.place.ordinal)?.timestamp
    const oldest = Math.min(first ?? Infinity, next ?? Infinity)
    return oldest === Infinity ? null : oldest
  }

  #ended(id: string): EndedRow | undefined {
    const row = this.#queueOf(contractOf(id))?.desk.invocations.row
    return row && new EndedTable(this.#parts.tables).find(id, row)
  }

  #logsOf(id: string): LogRow {
    return (this.#parts.tables.get('logs', id) as LogRow | undefined) ?? NO_LOGS
  }

  #ofLive({ row, lease }: Live): InvocationReport {
    const { stdout, stderr, truncated } = lease?.logs ?? this.#logsOf(row.id)
    return {
      ...common(row),
      state: lease ? 'leased' : 'pending',
      finishedMs: null,
      nextAttemptMs: lease ? null : row.retryAtMs,
      dataJson: null,
      outputTxnId: null,
      ...{ stdout, stderr, logsTruncated: truncated },
    }
  }

  #ofEnded(row: EndedRow): InvocationReport {
    const { stdout, stderr, truncated } = this.#logsOf(row.id)
    const { state, finishedMs, dataJson, outputTxnId } = row
    return {
      ...common(row),
      ...{ state, finishedMs, dataJson, outputTxnId },
      nextAttemptMs: null,
      ...{ stdout, stderr, logsTruncated: truncated },
    }
  }
}

function common(
  row: Live['row'] | EndedRow,
): Pick<
  InvocationReport,
  'id' | 'contractId' | 'kind' | 'seq' | 'txnId' | 'deliveries' | 'failures' | 'startedMs' | 'error'
> {
  const { id, contractId, kind, ordinal: seq, txnId, deliveries, failures, startedMs, error } = row
  return { id, contractId, kind, seq, txnId, deliveries, failures, startedMs, error }
}

function ofRecord({ id: contractId }: RemoteContract, record: PlacedRecord): InvocationReport {
  return {
    id: invocationId(contractId, record.transactionId),
    contractId,
    kind: 'transaction',
    state: 'pending',
    seq: record.ordinal,
    txnId: record.transactionId,
    deliveries: 0,
    failures: 0,
    ...{ startedMs: null, finishedMs: null, nextAttemptMs: null, error: null },
    ...{ dataJson: null, outputTxnId: null, stdout: '', stderr: '', logsTruncated: false },
  }
}
