import { join } from 'node:path'
import { verifyHere } from '../src/app/verify-here.js'
import { forInformation, reaches, type Row, staysUnder } from './row.js'
import { startChild } from './support/child.js'
import { importChain } from './support/import-chain.js'
import { RAW_VERIFY, rawVerifyRate } from './support/raw-verify.js'
import { withFolder } from './support/with-folder.js'

const BLOCKS = 2000
const TRANSACTIONS = 100

/** Growth between a quarter of the way and the end that still counts as flat: what one collection may leave. */
const FLAT_MB = 100

const MEASURE_MS = 100

/** Import of a whole chain from a node in another process, against the bare rate of verifying signatures. */
export async function run(): Promise<Row[]> {
  const source = await startChild('sync-source', { blocks: BLOCKS, transactions: TRANSACTIONS })
  try {
    return await withFolder((folder) => importFrom(source.url, join(folder, 'node')))
  } finally {
    await source.stop()
  }
}

async function importFrom(url: string, folder: string): Promise<Row[]> {
  const before = rawVerifyRate()
  const memory: number[] = []
  const watch = setInterval(() => memory.push(ownMegabytes()), MEASURE_MS)
  const seconds = await importChain(url, folder, BLOCKS, verifyHere())
  clearInterval(watch)
  return rowsOf(seconds, (before + rawVerifyRate()) / 2, memory)
}

function rowsOf(seconds: number, ceiling: number, memory: readonly number[]): Row[] {
  const value = (BLOCKS * TRANSACTIONS) / seconds
  const quarter = Math.max(...memory.slice(0, Math.ceil(memory.length / 4)))
  return [
    reaches(0.5, {
      claim: `a chain of ${BLOCKS} blocks with ${TRANSACTIONS} transactions each is imported from a node`,
      value,
      unit: 'transactions/s',
      ceiling,
      ceilingName: RAW_VERIFY,
      ratio: value / ceiling,
    }),
    staysUnder(FLAT_MB, {
      claim: 'growth of heap and buffers over the last three quarters of the import',
      value: Math.max(...memory) - quarter,
      unit: 'MB',
    }),
    forInformation({
      claim: 'heap and buffers of the import at most',
      value: Math.max(...memory),
      unit: 'MB',
    }),
    forInformation({
      claim: 'largest resident set, the mapped pages of the index included',
      value: process.resourceUsage().maxRSS / 1000,
      unit: 'MB',
    }),
  ]
}

/** Without the index' file, whose pages the system maps and drops as it likes. */
function ownMegabytes(): number {
  const { heapTotal, external } = process.memoryUsage()
  return (heapTotal + external) / 1e6
}
