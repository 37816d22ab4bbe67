import { invocationId } from '../src/contract/remote/engine/rows.js'
import type { Tables } from '../src/contract/remote/engine/tables.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { anonymousBytes } from './support/anonymous-bytes.js'
import { inTables } from './support/bare-commits.js'
import { CONTRACT, madeUpPrime, madeUpRecords } from './support/made-up-prime.js'
import { percentile } from './support/measure.js'

const RECORDS = 1_000_000
const FEW = 1_000
const PAYLOAD_BYTES = 1_000
const PAGE = 100
const TURNS = 100
/** Of memory, for each that waits: 100 MB for all. */
const MOST_BYTES = 100
const DEEP = 900_000

/** What a contract costs while a million of its records wait, next to one for which a thousand do. */
export async function run(): Promise<Row[]> {
  await inTables((tables) => measured(tables, FEW))
  const few = await inTables((tables) => measured(tables, FEW))
  const many = await inTables((tables) => measured(tables, RECORDS))
  const about = `remote contracts: ${RECORDS} records wait`
  const against = { ceilingName: `the same with ${FEW}` }
  const row = (what: string, unit: string, key: keyof Measured): Omit<Row, 'target' | 'ok'> => {
    const [value, ceiling] = [many[key], few[key]]
    return { claim: `${about}: ${what}`, unit, value, ceiling, ...against, ratio: value / ceiling }
  }
  return [
    staysUnder(100, row('opened', 'ms', 'openMs')),
    staysUnder(MOST_BYTES, {
      claim: `${about}: memory for each, beyond what a thousand take`,
      unit: 'bytes',
      value: (many.grownBytes - few.grownBytes) / RECORDS,
    }),
    staysUnder(1, row('status, p99', 'ms', 'statusMs')),
    staysUnder(50, row(`first page of ${PAGE}, p99`, 'ms', 'pageMs')),
    staysUnder(20, row('one invoked by hand, on the disk, median', 'ms', 'invokeMs')),
    forInformation({ claim: `${about}: page after ${DEEP} records`, unit: 'ms', value: many.deepMs }),
    forInformation({ claim: `${about}: an id nobody knows`, unit: 'ms', value: many.unknownMs }),
  ]
}

interface Measured {
  readonly openMs: number
  readonly grownBytes: number
  readonly statusMs: number
  readonly pageMs: number
  readonly deepMs: number
  readonly unknownMs: number
  readonly invokeMs: number
}

async function measured(tables: Tables, records: number): Promise<Measured> {
  const before = anonymousBytes()
  const source = madeUpRecords(records, PAYLOAD_BYTES)
  const start = performance.now()
  const prime = madeUpPrime(tables, source)
  const openMs = performance.now() - start
  if (prime.backlogOf(CONTRACT.id).pending !== records) throw new Error('not all of them wait')
  const statusMs = percentile(
    times(() => prime.backlogOf(CONTRACT.id)),
    0.99,
  )
  const page = (after?: string): number =>
    prime.invocations(CONTRACT.id, {
      state: 'pending',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    }).length
  const pageMs = percentile(times(page), 0.99)
  const deep = source.at(CONTRACT.txnType, Math.min(DEEP, records - PAGE))
  const [deepMs] = times(() => page(invocationId(CONTRACT.id, deep?.transactionId ?? '')), 1)
  const [unknownMs] = times(() => prime.invocation(invocationId(CONTRACT.id, 'f'.repeat(64))), 1)
  const invokeMs = percentile(await timesOf(() => prime.invoke(CONTRACT.id, '{}')), 0.5)
  const grownBytes = Math.max(0, anonymousBytes() - before)
  await prime.close()
  return {
    ...{ openMs, grownBytes, statusMs, pageMs, invokeMs },
    deepMs: deepMs ?? NaN,
    unknownMs: unknownMs ?? NaN,
  }
}

function times(work: () => unknown, turns = TURNS): number[] {
  return Array.from({ length: turns }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  })
}

async function timesOf(work: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const start = performance.now()
    await work()
    found.push(performance.now() - start)
  }
  return found
}
