import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { verifyHere } from '../src/app/verify-here.js'
import { VerifyPool } from '../src/verification/verify-pool.js'
import { forInformation, reaches, type Row } from './row.js'
import { openBenchChain, SYNC_CHAIN } from './support/bench-chain.js'
import { startChild } from './support/child.js'
import { importChain } from './support/import-chain.js'
import { RAW_VERIFY, rawVerifyRate } from './support/raw-verify.js'
import { withFolder } from './support/with-folder.js'

const BLOCKS = 500
const TRANSACTIONS = 100

/** Rebuilding the index from the block files, against fetching the same chain from a node; and the latter with threads. */
export async function run(): Promise<Row[]> {
  const source = await startChild('sync-source', { blocks: BLOCKS, transactions: TRANSACTIONS })
  try {
    return await withFolder((folder) => measure(source.url, folder))
  } finally {
    await source.stop()
  }
}

async function measure(url: string, folder: string): Promise<Row[]> {
  const first = join(folder, 'first')
  const verifies = [rawVerifyRate()]
  const imported = rate(await importChain(url, first, BLOCKS, verifyHere()))
  verifies.push(rawVerifyRate())
  const rebuilt = rate(await rebuild(first))
  const threaded = rate(await importWithThreads(url, join(folder, 'second')))
  const raw = (verifies.reduce((sum, each) => sum + each, 0) + rawVerifyRate()) / 3
  const unit = 'transactions/s'
  return [
    reaches(2, {
      claim: `the index of ${BLOCKS} blocks with ${TRANSACTIONS} transactions each is rebuilt`,
      value: rebuilt,
      unit,
      ceiling: imported,
      ceilingName: 'the import of the same chain from a node',
      ratio: rebuilt / imported,
    }),
    forInformation({
      claim: 'that import, signatures verified on the calling thread',
      value: imported,
      unit,
      ceiling: raw,
      ceilingName: RAW_VERIFY,
      ratio: imported / raw,
    }),
    forInformation({
      claim: `that import with ${threads()} more for signatures`,
      value: threaded,
      unit,
      ceiling: raw,
      ceilingName: RAW_VERIFY,
      ratio: threaded / raw,
    }),
  ]
}

function rate(seconds: number): number {
  return (BLOCKS * TRANSACTIONS) / seconds
}

async function rebuild(folder: string): Promise<number> {
  const start = performance.now()
  const chain = await openBenchChain(folder, SYNC_CHAIN, verifyHere(), true)
  const seconds = (performance.now() - start) / 1000
  if (chain.blockchain.height() !== BLOCKS - 1) throw new Error('the rebuilt index lacks blocks')
  await chain.close()
  return seconds
}

async function importWithThreads(url: string, folder: string): Promise<number> {
  const pool = new VerifyPool({
    threads: threads(),
    onThreadDeath: (error) => {
      throw error
    },
  })
  try {
    return await importChain(url, folder, BLOCKS, pool.verifyAll)
  } finally {
    await pool.close()
  }
}

function threads(): number {
  return Math.max(1, availableParallelism() - 1)
}
