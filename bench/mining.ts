import { hash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { HEADER_BYTES, NONCE_OFFSET } from '../src/ledger/header.js'
import { NonceRange } from '../src/mining/nonce-range.js'
import { SearchThreads } from '../src/mining/search-threads.js'
import { workerModule } from '../src/threads/worker-module.js'
import { forInformation, reaches, type Row } from './row.js'
import { inTurns } from './support/measure.js'

const PAIRS = 40
const HASHES = 200_000
const SLICE = 16_384
const THREADS_MS = 3000
const ROUNDS = 3

const job = { header: new Uint8Array(HEADER_BYTES), target: '0'.repeat(64) }

/** Hashes a second of the search, against a loop that does nothing but hash the same bytes. */
export async function run(): Promise<Row[]> {
  await bareLoop()
  await searchLoop()
  const thread = await inTurns(PAIRS, searchLoop, bareLoop)
  const ceilingName = 'a loop of nothing but hashes'
  const rows: Row[] = [
    reaches(0.9, { claim: 'search for a nonce, one thread', unit: 'hashes/s', ceilingName, ...thread }),
  ]
  for (const count of [1, 2]) {
    const all = await inTurns(ROUNDS, () => threadsLoop(count), bareLoop)
    rows.push(
      forInformation({
        claim: `search on ${count} worker threads, all together`,
        unit: 'hashes/s',
        ceilingName,
        ...all,
      }),
    )
  }
  return rows
}

function bareLoop(): Promise<number> {
  const header = Buffer.from(job.header)
  return rate(() => {
    for (let nonce = 0; nonce < HASHES; nonce++) {
      header.writeUInt32BE(nonce, NONCE_OFFSET + 4)
      hash('sha256', header, 'hex')
    }
  })
}

function searchLoop(): Promise<number> {
  const range = new NonceRange({ ...job, first: 0, step: 1 })
  return rate(() => {
    while (range.tried < HASHES) range.search(Math.min(SLICE, HASHES - range.tried))
  })
}

function rate(loop: () => void): Promise<number> {
  const startMs = performance.now()
  loop()
  return Promise.resolve((1000 * HASHES) / (performance.now() - startMs))
}

async function threadsLoop(count: number): Promise<number> {
  const module = workerModule('mining/search-worker.js')
  if (!module) throw new Error('there is no built module for threads')
  let hashes = 0
  const threads = new SearchThreads({
    count,
    module,
    onHashes: (more) => (hashes += more),
    onThreadDeath: (error) => {
      throw error
    },
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
  })
  const stop = new AbortController()
  const search = threads.find(job, stop.signal)
  await delay(THREADS_MS / 3)
  const startMs = performance.now()
  hashes = 0
  await delay(THREADS_MS)
  const perSecond = (1000 * hashes) / (performance.now() - startMs)
  stop.abort()
  await search
  await threads.close()
  return perSecond
}
