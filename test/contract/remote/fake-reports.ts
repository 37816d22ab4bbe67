import type {
  BacklogReport,
  InvocationReport,
  PrimeReports,
} from '../../../src/contract/remote/prime-reports.js'

export const NO_BACKLOG: BacklogReport = {
  pending: 0,
  leased: 0,
  committed: 0,
  failed: 0,
  dead: 0,
  cancelled: 0,
  outputsWaiting: 0,
  oldestMs: null,
}

export function invocationReport(
  changes: Partial<InvocationReport> & { readonly id: string },
): InvocationReport {
  return {
    contractId: changes.id.split(':')[0] ?? '',
    kind: 'transaction',
    state: 'committed',
    seq: 1,
    txnId: changes.id.split(':')[1] ?? '',
    deliveries: 1,
    failures: 0,
    startedMs: 1,
    finishedMs: 2,
    nextAttemptMs: null,
    error: null,
    dataJson: null,
    outputTxnId: null,
    stdout: '',
    stderr: '',
    logsTruncated: false,
    ...changes,
  }
}

/** Reports that tests fill by hand. */
export class FakeReports implements PrimeReports {
  backlog: BacklogReport = NO_BACKLOG
  progress = { takenUpTo: 0, hasForgotten: false }
  readonly all = new Map<string, InvocationReport>()
  readonly values = new Map<string, string>()
  readonly invoked: unknown[] = []

  put(report: InvocationReport): void {
    this.all.set(report.id, report)
  }

  backlogOf(): BacklogReport {
    return this.backlog
  }

  progressOf() {
    return this.progress
  }

  invocations(_contractId: string, { state, after, limit }: Parameters<PrimeReports['invocations']>[1]) {
    const found = [...this.all.values()].filter((each) => state === undefined || each.state === state)
    const start = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1
    return found.slice(start, start + limit)
  }

  invocation(id: string): InvocationReport | undefined {
    return this.all.get(id)
  }

  retry(id: string): Promise<boolean> {
    return this.#ifDead(id, (report) => this.put({ ...report, state: 'pending' }))
  }

  discard(id: string): Promise<boolean> {
    return this.#ifDead(id, () => this.all.delete(id))
  }

  invoke(contractId: string, payloadJson: string): Promise<string> {
    this.invoked.push([contractId, payloadJson])
    return Promise.resolve(`${contractId}:manual:1`)
  }

  logs(_contractId: string, sinceMs: number, tail: number) {
    return [...this.all.values()]
      .filter(({ finishedMs }) => (finishedMs ?? 0) >= sinceMs)
      .slice(-tail)
      .map(({ id, finishedMs, stdout, stderr, logsTruncated }) => ({
        invocationId: id,
        finishedMs: finishedMs ?? 0,
        stdout,
        stderr,
        truncated: logsTruncated,
      }))
  }

  heap(_contractId: string, key: string): string | undefined {
    return this.values.get(key)
  }

  heapKeys(_contractId: string, prefix: string, after: string | undefined, limit: number): string[] {
    return [...this.values.keys()]
      .sort()
      .filter((key) => key.startsWith(prefix) && (after === undefined || key > after))
      .slice(0, limit)
  }

  #ifDead(id: string, act: (report: InvocationReport) => void): Promise<boolean> {
    const report = this.all.get(id)
    if (report?.state !== 'dead') return Promise.resolve(false)
    act(report)
    return Promise.resolve(true)
  }
}
