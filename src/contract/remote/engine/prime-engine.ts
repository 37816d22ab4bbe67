import { assert, messageOf } from '../../../base/errors.js'
import { ApiError } from '../../../api/errors.js'
import { jsonIn } from '../../../base/json.js'
import { AckStatus, type LogChunk } from '../../wire/remote.js'
import type { Acknowledgement, Attached, Client, Held, Outcome, Prime } from '../prime.js'
import type {
  BacklogReport,
  ContractProgress,
  InvocationReport,
  InvocationState,
  LogLine,
  PrimeReports,
} from '../prime-reports.js'
import { ContractQueue } from './contract-queue.js'
import { GroupCommit } from './group-commit.js'
import type { PrimeParts } from './prime-parts.js'
import { Reports } from './reports.js'
import { contractOf, invocationId, type LiveRow } from './rows.js'
import type { Session } from './session.js'

/** Rows read in a row when a prime starts. */
const STEP = 1000
/** After a write that failed nothing is begun for so long. */
const AFTER_FAILURE_MS = 1_000
/** Manual invocations of one contract that wait. */
const MOST_MANUAL = 1_000
const LAST_TEXT = '\u{10ffff}'

/** {@link Prime} and {@link PrimeReports} over ordered tables. */
export class PrimeEngine implements Prime, PrimeReports {
  readonly #parts: PrimeParts
  readonly #commit: GroupCommit
  readonly #queues = new Map<string, ContractQueue>()
  readonly #sessions = new Map<string, { readonly session: Session; readonly queue: ContractQueue }>()
  readonly #reports: Reports
  readonly #ends: (() => void)[] = []

  private constructor(parts: PrimeParts) {
    this.#parts = parts
    this.#commit = new GroupCommit(parts.tables, (error) => this.#reread(error))
    this.#reports = new Reports(parts, (contractId) => this.#queues.get(contractId))
  }

  /** Reads what is on the disk, and brings it to where the chain is: after that clients may come. */
  static open(parts: PrimeParts): PrimeEngine {
    const engine = new PrimeEngine(parts)
    engine.#recover()
    engine.#listen()
    return engine
  }

  /** What clients send afterwards is not taken. Resolves when all that was taken is on the disk. */
  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end()
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
    this.#sessions.clear()
    await this.#commit.idle()
  }

  attach(client: Client, maxInFlight: number, held: readonly Held[]): Attached {
    const contract = this.#parts.registry.get(client.contractId)
    assert(contract, 'who attaches a client has seen to it that there is its contract')
    const queue = this.#queueOf(client.contractId)
    const attached = queue.attach(client, maxInFlight, held, contract)
    const session = queue.desk.sessions.get(client.sessionId)
    assert(session, 'an attached client has a session')
    this.#sessions.set(client.sessionId, { session, queue })
    return attached
  }

  start(sessionId: string): void {
    const known = this.#known(sessionId)
    known?.queue.start(known.session)
  }

  detach(sessionId: string, how: 'goodbye' | 'lost'): void {
    const known = this.#known(sessionId)
    this.#sessions.delete(sessionId)
    known?.queue.detach(known.session, how)
  }

  credit(sessionId: string, maxInFlight: number): void {
    const known = this.#known(sessionId)
    known?.queue.credit(known.session, maxInFlight)
  }

  progress(sessionId: string, id: string, leaseToken: Uint8Array, logs: LogChunk | undefined): void {
    this.#known(sessionId)?.queue.progress(id, leaseToken, logs)
  }

  async finish(sessionId: string, outcome: Outcome): Promise<Acknowledgement> {
    const queue = this.#known(sessionId)?.queue
    const contract = queue?.desk.contract()
    if (!queue || !contract) return stale('the session has ended')
    return queue.finish(outcome, contract)
  }

  backlog(contractId: string): number {
    const contract = this.#parts.registry.get(contractId)
    return contract ? this.#queueOf(contractId).desk.invocations.size(contract) : 0
  }

  backlogOf(contractId: string): BacklogReport {
    return this.#reports.backlogOf(contractId)
  }

  progressOf(contractId: string): ContractProgress {
    return this.#reports.progressOf(contractId)
  }

  invocations(
    contractId: string,
    wanted: { readonly state?: InvocationState; readonly after?: string; readonly limit: number },
  ): readonly InvocationReport[] {
    return this.#reports.invocations(contractId, wanted)
  }

  invocation(id: string): InvocationReport | undefined {
    return this.#reports.invocation(id)
  }

  async retry(id: string): Promise<boolean> {
    const queue = this.#queues.get(contractOf(id))
    return queue ? queue.retry(id) : false
  }

  async discard(id: string): Promise<boolean> {
    const queue = this.#queues.get(contractOf(id))
    return queue ? queue.discard(id) : false
  }

  async invoke(contractId: string, payloadJson: string): Promise<string> {
    const contract = this.#parts.registry.get(contractId)
    if (!contract) throw new ApiError('CONTRACT_NOT_FOUND')
    if (jsonIn(payloadJson) === undefined) throw new ApiError('INVALID_PARAMS', 'the payload is no JSON')
    const queue = this.#queueOf(contractId)
    if (queue.desk.invocations.extras >= MOST_MANUAL)
      throw new ApiError('TOO_MANY_CALLS', `${MOST_MANUAL} invocations wait that no record stands behind`)
    const txnId = `manual:${this.#parts.uuid()}`
    await queue.invoke({
      ...{ id: invocationId(contractId, txnId), contractId, txnId, payloadJson },
      txnType: contract.txnType,
      kind: 'manual',
      timestampMs: this.#parts.now(),
      tag: '',
    })
    return invocationId(contractId, txnId)
  }

  logs(contractId: string, sinceMs: number, tail: number): readonly LogLine[] {
    return this.#reports.logs(contractId, sinceMs, tail)
  }

  heap(contractId: string, key: string): string | undefined {
    return this.#reports.heap(contractId, key)
  }

  heapKeys(contractId: string, prefix: string, after: string | undefined, limit: number): readonly string[] {
    return this.#reports.heapKeys(contractId, prefix, after, limit)
  }

  /** REM-9: what somebody worked on waits again, with its attempts counted. */
  #recover(): void {
    const rows = this.#liveRows()
    const ids = new Set([...this.#contractIds(), ...rows.keys()])
    for (const { id } of this.#parts.registry.all()) ids.add(id)
    for (const id of ids) this.#add(id, rows.get(id) ?? [])
  }

  #listen(): void {
    const { source, registry } = this.#parts
    const wake = (contractId: string): void => this.#queueOf(contractId).wake()
    const changed = ({ id }: { readonly id: string }): void => wake(id)
    registry.events.on('changed', changed)
    registry.events.on('deleted', wake)
    this.#ends.push(
      source.onTip(() => {
        for (const queue of this.#queues.values()) queue.onTip()
      }),
      source.onDropped((id) => {
        for (const queue of this.#queues.values()) queue.onDropped(id)
      }),
      () => registry.events.off('changed', changed),
      () => registry.events.off('deleted', wake),
    )
  }

  #add(contractId: string, rows: readonly LiveRow[]): ContractQueue {
    const queue = new ContractQueue(this.#parts, this.#commit, contractId, rows)
    this.#queues.set(contractId, queue)
    queue.wake()
    queue.onTip()
    return queue
  }

  #queueOf(contractId: string): ContractQueue {
    return this.#queues.get(contractId) ?? this.#add(contractId, [])
  }

  #known(sessionId: string): { readonly session: Session; readonly queue: ContractQueue } | undefined {
    const known = this.#sessions.get(sessionId)
    if (!known) return undefined
    if (known.queue.desk.sessions.get(sessionId) === known.session) return known
    this.#sessions.delete(sessionId)
    return undefined
  }

  #liveRows(): Map<string, LiveRow[]> {
    const byContract = new Map<string, LiveRow[]>()
    let start = ''
    for (;;) {
      const rows = this.#parts.tables.range('live', { start, end: LAST_TEXT, limit: STEP })
      for (const { value } of rows) {
        const row = value as LiveRow
        const others = byContract.get(row.contractId)
        if (others) others.push(row)
        else byContract.set(row.contractId, [row])
      }
      if (rows.length < STEP) return byContract
      start = `${String(rows.at(-1)?.key)}\u0001`
    }
  }

  #contractIds(): string[] {
    const range = { start: '', end: LAST_TEXT, limit: Number.MAX_SAFE_INTEGER }
    return this.#parts.tables.range('contracts', range).map(({ key }) => String(key))
  }

  /** REM-23: what was begun in memory alone is void; clients keep their streams and are given it anew. */
  #reread(error: unknown): void {
    this.#parts.log(`what is kept for remote contracts cannot be written: ${messageOf(error)}`)
    const rows = this.#liveRows()
    for (const [id, queue] of this.#queues) queue.reread(rows.get(id) ?? [], AFTER_FAILURE_MS)
  }
}

function stale(detail: string): Acknowledgement {
  return { status: AckStatus.STALE, outputTxnId: '', detail }
}
