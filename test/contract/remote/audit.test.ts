import { beforeEach, describe, expect, it } from '@jest/globals'
import { auditPage, type AuditPorts } from '../../../src/contract/remote/audit.js'
import type { PlacedRecord } from '../../../src/contract/remote/record-source.js'
import type { ActiveSpan, RemoteContract } from '../../../src/contract/remote/remote-contract.js'
import { outputId } from '../../../src/ledger/payload/output.js'
import { FakeReports, invocationReport, NO_BACKLOG } from './fake-reports.js'
import { SETTINGS } from './sample-contract.js'

const ADDRESS = `0x${'1'.repeat(40)}`

let reports: FakeReports
let carriers: Map<string, string>
let pending: Set<string>
let count: number
let elapsedMs: number

beforeEach(() => {
  reports = new FakeReports()
  carriers = new Map()
  pending = new Set()
  count = 0
  elapsedMs = 0
})

const contract = (spans: readonly ActiveSpan[] = [{ after: 0, upTo: null }]): RemoteContract => ({
  ...SETTINGS,
  id: 'c',
  txnType: 'orders',
  state: 'active',
  spans,
  envVersion: 1,
  createdMs: 1,
})

const record = (ordinal: number): PlacedRecord => ({
  ordinal,
  transactionId: `t${ordinal}`,
  height: 1,
  index: ordinal,
  timestamp: 1,
  txnType: 'orders',
  tag: '',
  payload: null,
})

function audited(from = 1, limit = 1000, spans?: readonly ActiveSpan[]) {
  const ports: AuditPorts = {
    reports,
    records: {
      height: () => 7,
      count: () => count,
      at: (_type, ordinal) => (ordinal <= count ? record(ordinal) : undefined),
      carrierOf: (id) => carriers.get(id),
      isPending: (id) => pending.has(id),
    },
    address: ADDRESS,
    elapsedMs: () => elapsedMs++,
  }
  return auditPage(contract(spans), from, limit, ports)
}

/** A record that ended, with its output on the chain where it has one. */
function ended(ordinal: number, changes: Partial<Parameters<typeof invocationReport>[0]> = {}): void {
  count = Math.max(count, ordinal)
  reports.progress = { ...reports.progress, takenUpTo: count }
  reports.put(invocationReport({ id: `c:t${ordinal}`, ...changes }))
}

const carried = (ordinal: number, by: string): void =>
  void carriers.set(outputId({ invoker: ADDRESS, contract: 'c', invokedBy: `t${ordinal}` }), by)

describe('an audit', () => {
  it('finds nothing wrong where each record ended once and each output stands on the chain', () => {
    ended(1, { outputTxnId: 'o1' })
    carried(1, 'o1')
    ended(2)
    ended(3, { state: 'failed' })
    ended(4, { state: 'dead' })
    expect(audited()).toMatchObject({
      contract_id: 'c',
      height: 7,
      records: 4,
      committed: 2,
      failed: 1,
      dead: 1,
      outputs: 1,
      problems: [],
      next_cursor: null,
    })
  })

  it('counts what was not begun as pending, without asking for each', () => {
    count = 5000
    reports.invocation = () => {
      throw new Error('asked')
    }
    expect(audited(1, 10)).toMatchObject({ records: 10, pending: 10, next_cursor: '11' })
  })

  it('counts an output that waits for a block as waiting', () => {
    ended(1, { outputTxnId: 'o1' })
    pending.add('o1')
    expect(audited()).toMatchObject({ outputs: 0, outputs_waiting: 1, problems: [] })
    pending.clear()
    reports.backlog = { ...NO_BACKLOG, outputsWaiting: 1 }
    expect(audited()).toMatchObject({ outputs_waiting: 1, problems: [] })
  })

  it.each([
    ['unknown', undefined, undefined],
    ['output missing', 'o1', undefined],
    ['output differs', 'o1', 'other'],
    ['output unexpected', null, 'o1'],
  ])('finds an invocation that is wrong: %s', (problem, outputTxnId, carrier) => {
    if (outputTxnId !== undefined) ended(1, { outputTxnId })
    if (carrier !== undefined) carried(1, carrier)
    count = reports.progress.takenUpTo = 1
    expect(audited().problems).toEqual([{ seq: 1, transaction_id: 't1', invocation_id: 'c:t1', problem }])
  })

  it('judges what the node has forgotten by the chain alone', () => {
    count = 2
    reports.progress = { takenUpTo: 2, hasForgotten: true }
    carried(1, 'o1')
    expect(audited()).toMatchObject({ records: 2, forgotten: 2, outputs: 1, problems: [] })
  })

  it('looks at the records of the spans alone, and goes on where a page ended', () => {
    for (let i = 1; i <= 10; i++) ended(i)
    const spans = [
      { after: 1, upTo: 3 },
      { after: 7, upTo: null },
    ]
    expect(audited(1, 1000, spans)).toMatchObject({ records: 5, next_cursor: null })
    const page = audited(1, 2, spans)
    expect(page).toMatchObject({ records: 2, next_cursor: '8' })
    expect(audited(Number(page.next_cursor), 1000, spans)).toMatchObject({ records: 3 })
  })

  it('ends a page that takes long, but never before one record', () => {
    for (let i = 1; i <= 200; i++) ended(i)
    const first = audited()
    expect(first.records).toBeLessThan(60)
    let pages = 1
    for (let page = first; page.next_cursor !== null; pages++) page = audited(Number(page.next_cursor))
    expect(pages).toBeLessThan(10)
  })
})
