import { beforeAll, expect, test } from '@jest/globals'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { compactToTarget } from '../../src/ledger/difficulty.js'
import { workerModule } from '../../src/threads/worker-module.js'
import { testMiner, untilHeight, record, GATHER_MS, nextTip } from './mining-test.js'

/** A block takes some 130,000 hashes: too many for the main thread, few enough for a test. */
const REAL_WORK = { powLimitBits: 0x1e7fffff, coinbaseMaturity: 0 }

const MOST_DELAY_MS = 100

beforeAll(() => {
  if (!workerModule('mining/search-worker.js')) throw new Error('build first: threads run what is in dist/')
})

/** Delay of the event loop that one turn in twenty exceeds, in ms: a busy machine takes some of them from us. */
async function delayDuring(job: () => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await job()
  delay.disable()
  return delay.percentile(95) / 1e6
}

test('mode pow finds blocks at a real difficulty on two threads, and the event loop stays free', async () => {
  const test = await testMiner({ mode: 'pow', threads: 2 }, REAL_WORK)
  await test.miner.start()
  await untilHeight(test, 0)
  const delayMs = await delayDuring(() => untilHeight(test, 8))
  await test.miner.close()
  expect(delayMs).toBeLessThan(MOST_DELAY_MS)
  expect(test.miner.blocksMined).toBe(test.blockchain.height() + 1)
  expect(test.miner.finder.hashesPerSecond()).toBeGreaterThan(0)
  expect(test.errors).toEqual([])
  for (let height = 0; height <= 8; height++) {
    const block = await test.blockchain.blockAt(height)
    expect(BigInt(`0x${block?.header.hash}`)).toBeLessThanOrEqual(compactToTarget(0x1e7fffff) ?? 0n)
  }
})

test('the event loop stays free while mode auto mines', async () => {
  const test = await testMiner({ mode: 'auto' }, REAL_WORK)
  await test.miner.start()
  await untilHeight(test, 0)
  const delayMs = await delayDuring(async () => {
    for (let i = 0; i < 6; i++) await mineByTransaction(test)
  })
  expect(delayMs).toBeLessThan(MOST_DELAY_MS)
})

test('fifty blocks in a hurry are accepted, and as hard as the pace asks for', async () => {
  const blockTime = 10
  const halfLifeBlocks = 24
  const settings = {
    powLimitBits: 0x2000ffff,
    retarget: 'asert',
    blockTime,
    halfLifeBlocks,
    coinbaseMaturity: 0,
  } as const
  const test = await testMiner({ mode: 'auto' }, settings)
  await test.miner.start()
  await untilHeight(test, 0)
  for (let i = 0; i < 50; i++) await mineByTransaction(test)
  const limit = test.blockchain.chain.powLimit
  const times: number[] = []
  for (let height = 0; height <= 50; height++) {
    const { header } = (await test.blockchain.blockAt(height)) ?? {}
    if (!header) throw new Error(`block ${height} is there`)
    const span = times.length < 2 ? undefined : (times.at(-1) ?? 0) - (times[0] ?? 0)
    const aheadMs = span === undefined ? 0 : (times.length - 1) * blockTime * 1000 - span
    const wanted = 2 ** (aheadMs / (halfLifeBlocks * blockTime * 1000))
    const difficulty = Number((1_000_000n * limit) / (compactToTarget(header.bits) ?? 1n)) / 1_000_000
    expect(difficulty / wanted).toBeGreaterThan(0.99)
    expect(difficulty / wanted).toBeLessThan(1.01)
    times.push(header.timestamp)
  }
  expect(test.miner.blocksMined).toBe(51)
})

/** Sends a transaction and lets the gathering time pass. */
async function mineByTransaction(test: Awaited<ReturnType<typeof testMiner>>): Promise<void> {
  await test.pending.submit(record(test))
  await test.time.sleeping(GATHER_MS)
  const tip = nextTip(test)
  test.time.advance(GATHER_MS)
  await tip
}
