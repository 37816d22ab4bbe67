import type { AuditPage, AuditProblem, InvocationState } from '../../api/schemas/remote.js'
import { outputId } from '../../ledger/payload/output.js'
import type { InvocationReport, PrimeReports } from './prime-reports.js'
import type { PlacedRecord, RecordSource } from './record-source.js'
import type { RemoteContract } from './remote-contract.js'

export interface AuditPorts {
  readonly reports: Pick<PrimeReports, 'backlogOf' | 'progressOf' | 'invocation'>
  readonly records: Pick<RecordSource, 'height' | 'count' | 'at' | 'carrierOf' | 'isPending'>
  /** Of the node's key, which signs the outputs. */
  readonly address: string
  /** Monotonic, in ms. */
  readonly elapsedMs: () => number
}

/** A page ends when it took so long, however few records it looked at. */
const MAX_PAGE_MS = 50
/** Looking for what is not there takes longest. */
const MAX_PROBLEMS = 100

type Counts = Record<InvocationState | 'records' | 'outputs' | 'outputs_waiting' | 'forgotten', number>

/** Looks at records that invoke a contract, from a place on: did each end once, and is its output on the chain once? */
export function auditPage(
  contract: RemoteContract,
  from: number,
  limit: number,
  ports: AuditPorts,
): AuditPage {
  const audit = new Audit(contract, ports)
  const endMs = ports.elapsedMs() + MAX_PAGE_MS
  const count = ports.records.count(contract.txnType)
  let next: number | null = null
  for (const ordinal of ordinalsFrom(contract, from, count)) {
    const isFull = audit.counts.records >= limit || audit.problems.length >= MAX_PROBLEMS
    if (audit.counts.records > 0 && (isFull || ports.elapsedMs() > endMs)) {
      next = ordinal
      break
    }
    const record = ports.records.at(contract.txnType, ordinal)
    if (record) audit.look(record)
  }
  const { counts, problems } = audit
  return {
    contract_id: contract.id,
    height: ports.records.height(),
    ...counts,
    problems,
    next_cursor: next === null ? null : String(next),
  }
}

function* ordinalsFrom({ spans }: RemoteContract, from: number, count: number): Generator<number> {
  for (const { after, upTo } of spans) {
    const last = Math.min(upTo ?? count, count)
    for (let ordinal = Math.max(after + 1, from); ordinal <= last; ordinal++) yield ordinal
  }
}

class Audit {
  readonly #contract: RemoteContract
  readonly #ports: AuditPorts
  readonly #takenUpTo: number
  readonly #hasForgotten: boolean
  readonly #outputsWaiting: number
  readonly problems: AuditProblem[] = []
  readonly counts: Counts = {
    records: 0,
    pending: 0,
    leased: 0,
    committed: 0,
    failed: 0,
    dead: 0,
    cancelled: 0,
    outputs: 0,
    outputs_waiting: 0,
    forgotten: 0,
  }

  constructor(contract: RemoteContract, ports: AuditPorts) {
    const { takenUpTo, hasForgotten } = ports.reports.progressOf(contract.id)
    this.#contract = contract
    this.#ports = ports
    this.#takenUpTo = takenUpTo
    this.#hasForgotten = hasForgotten
    this.#outputsWaiting = ports.reports.backlogOf(contract.id).outputsWaiting
  }

  look(record: PlacedRecord): void {
    this.counts.records++
    // Looking up what nobody has begun would mean going through all that waits.
    if (record.ordinal > this.#takenUpTo) {
      this.counts.pending++
      return
    }
    const report = this.#ports.reports.invocation(this.#idOf(record))
    const carrier = this.#ports.records.carrierOf(this.#outputOf(record))
    if (!report) this.#lookAtForgotten(record, carrier)
    else {
      this.counts[report.state]++
      this.#lookAtOutput(record, report, carrier)
    }
  }

  #lookAtForgotten(record: PlacedRecord, carrier: string | undefined): void {
    if (!this.#hasForgotten) this.#note(record, 'unknown')
    else this.counts.forgotten++
    if (carrier !== undefined) this.counts.outputs++
  }

  #lookAtOutput(record: PlacedRecord, { outputTxnId }: InvocationReport, carrier: string | undefined): void {
    if (carrier !== undefined) {
      if (outputTxnId === carrier) this.counts.outputs++
      else this.#note(record, outputTxnId === null ? 'output unexpected' : 'output differs')
      return
    }
    if (outputTxnId === null) return
    // One that a reorg took out is handed in again: it waits, though for a moment not among what is pending.
    if (this.#outputsWaiting > 0 || this.#ports.records.isPending(outputTxnId)) this.counts.outputs_waiting++
    else this.#note(record, 'output missing')
  }

  #note(record: PlacedRecord, problem: AuditProblem['problem']): void {
    this.problems.push({
      seq: record.ordinal,
      transaction_id: record.transactionId,
      invocation_id: this.#idOf(record),
      problem,
    })
  }

  #idOf({ transactionId }: PlacedRecord): string {
    return `${this.#contract.id}:${transactionId}`
  }

  #outputOf({ transactionId }: PlacedRecord): string {
    const { address: invoker } = this.#ports
    return outputId({ invoker, contract: this.#contract.id, invokedBy: transactionId })
  }
}
