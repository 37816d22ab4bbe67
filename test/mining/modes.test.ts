import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Transaction } from '../../src/ledger/transaction.js'
import { nextDue } from '../../src/mining/interval-mode.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'
import { account, ids, mine } from '../support/chain.js'
import {
  GATHER_MS,
  INTERVAL_MS,
  nextTip,
  record,
  testMiner,
  type TestMiner,
  turns,
  untilHeight,
} from './mining-test.js'

test('mode off mines nothing', async () => {
  const test = await testMiner({ mode: 'off' })
  await test.miner.start()
  await test.pending.submit(record(test))
  test.time.advance(10 * INTERVAL_MS)
  await turns()
  expect(test.blockchain.height()).toBe(-1)
})

test('mode auto mines until the first coins are mature, then rests', async () => {
  const test = await testMiner({ mode: 'auto' }, { coinbaseMaturity: 3 })
  await test.miner.start()
  await untilHeight(test, 3)
  test.time.advance(10 * INTERVAL_MS)
  await turns()
  expect(test.blockchain.height()).toBe(3)
  expect(test.miner.blocksMined).toBe(4)
  await test.pending.submit(await spendFirstCoin(test))
})

/** A transfer of what block 0 created. */
async function spendFirstCoin({ blockchain, time }: TestMiner): Promise<Transaction> {
  const coinbase = (await blockchain.blockAt(0))?.transactions[0]
  const [output] = coinbase?.outputs ?? []
  if (!coinbase || !output) throw new Error('block 0 created a coin')
  return signTransaction(
    {
      version: 1,
      chainId: blockchain.chain.id,
      timestamp: time.nowMs,
      inputs: [{ transactionId: coinbase.id, outputIndex: 0 }],
      outputs: [{ address: account(1).address, amount: output.amount }],
      fee: 0,
    },
    [account(0).keys],
  )
}

test('mode auto puts what arrives within the gathering time into one block', async () => {
  const test = await testMiner({ mode: 'auto' }, { coinbaseMaturity: 0 })
  await test.miner.start()
  await untilHeight(test, 0)
  const sent = [record(test), record(test)]
  await test.pending.submit(sent[0] as never)
  await test.time.sleeping(GATHER_MS)
  await test.pending.submit(sent[1] as never)
  await turns()
  expect(test.blockchain.height()).toBe(0)
  const tip = nextTip(test)
  test.time.advance(GATHER_MS)
  const { height } = await tip
  const block = await test.blockchain.blockAt(height)
  expect(ids(block?.transactions.slice(1) ?? []).sort()).toEqual(ids(sent).sort())
  await turns()
  expect(test.time.isSleeping(GATHER_MS)).toBe(false)
})

test('mode auto mines what already waits when it starts, and what a reorg gives back', async () => {
  const test = await testMiner({ mode: 'auto' }, { coinbaseMaturity: 0 })
  await mine(test, test.time)
  await test.pending.submit(record(test))
  await test.miner.start()
  await test.time.sleeping(GATHER_MS)
  test.time.advance(GATHER_MS)
  const { hash, transactionCount } = await nextTip(test)
  expect(transactionCount).toBe(2)
  await test.blockchain.invalidate(hash)
  expect(test.pending.pool.size).toBe(1)
  await test.time.sleeping(GATHER_MS)
  test.time.advance(GATHER_MS)
  expect((await nextTip(test)).transactionCount).toBe(2)
})

test('mode auto leaves a transaction to whoever was faster', async () => {
  const test = await testMiner({ mode: 'auto' }, { coinbaseMaturity: 0 })
  await test.miner.start()
  await untilHeight(test, 0)
  await test.pending.submit(record(test))
  await test.time.sleeping(GATHER_MS)
  await mine(test, test.time)
  test.time.advance(GATHER_MS)
  await turns()
  expect(test.blockchain.height()).toBe(1)
  expect(test.miner.blocksMined).toBe(1)
})

test('mode interval mines at its pace, empty or not', async () => {
  const test = await testMiner({ mode: 'interval' })
  const startMs = test.time.nowMs
  await test.miner.start()
  await untilHeight(test, 0)
  for (let height = 1; height <= 4; height++) {
    await test.time.sleeping(INTERVAL_MS)
    const tip = nextTip(test)
    test.time.advance(INTERVAL_MS)
    expect(await tip).toMatchObject({ height, timestamp: startMs + height * INTERVAL_MS })
  }
})

test('the pace of mode interval is that of the chain unless it is set', async () => {
  const { miner } = await testMiner({ intervalMs: undefined }, { blockTime: 17 })
  expect(miner.intervalMs).toBe(17_000)
})

test('the pace of mode interval does not drift, and what was missed is not made up for', () => {
  expect(nextDue(1000, 500, 1000)).toBe(1500)
  expect(nextDue(1000, 500, 1003)).toBe(1500)
  expect(nextDue(1000, 500, 1500)).toBe(1500)
  expect(nextDue(1000, 500, 3333)).toBe(3500)
  const ms = fc.integer({ min: 1, max: 10 ** 12 })
  fc.assert(
    fc.property(ms, ms, ms, (dueMs, intervalMs, lateMs) => {
      const next = nextDue(dueMs, intervalMs, dueMs + lateMs)
      expect((next - dueMs) % intervalMs).toBe(0)
      expect(next).toBeGreaterThan(dueMs)
      expect(next).toBeGreaterThanOrEqual(dueMs + lateMs)
      expect(next).toBeLessThan(dueMs + lateMs + intervalMs)
    }),
  )
})

test('a block that the chain refuses is reported, and the mode goes on after a while', async () => {
  const test = await testMiner({ mode: 'interval' })
  const { blockchain, time, errors } = test
  const accept = blockchain.acceptAlone.bind(blockchain)
  blockchain.acceptAlone = () => Promise.reject(new Error('the disk is full'))
  await test.miner.start()
  await time.sleeping(1000)
  expect(errors).toEqual([new Error('the disk is full')])
  blockchain.acceptAlone = accept
  time.advance(1000)
  await untilHeight(test, 0)
})

test('mode and address change while the miner runs', async () => {
  const test = await testMiner({ mode: 'interval' })
  await test.miner.start()
  await untilHeight(test, 0)
  await test.miner.change({ mode: 'off' })
  test.time.advance(10 * INTERVAL_MS)
  await turns()
  expect(test.blockchain.height()).toBe(0)
  await test.miner.change({ mode: 'interval', intervalMs: 700, rewardAddress: account(5).address })
  await test.time.sleeping(700)
  const tip = nextTip(test)
  test.time.advance(700)
  const block = await test.blockchain.block((await tip).hash)
  expect(block?.transactions[0]?.outputs[0]?.address).toBe(account(5).address)
})

test('blocks on demand are valid even where the clock stands still, and the mode goes on after them', async () => {
  const test = await testMiner({ mode: 'interval' })
  await test.miner.start()
  await untilHeight(test, 0)
  const blocks = await test.miner.mineNow(30, account(2).address)
  expect(blocks.map(({ header }) => header.height)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  expect(blocks.map(({ header }) => header.hash)).toEqual(
    blocks.map(({ header }) => test.blockchain.index.activeHash(header.height)),
  )
  await test.time.sleeping(INTERVAL_MS)
  const tip = nextTip(test)
  test.time.advance(INTERVAL_MS)
  expect((await tip).height).toBe(31)
})

test('blocks on demand that are too hard end after half a minute with those that were found', async () => {
  const test = await testMiner({}, { powLimitBits: 0x0a00ffff })
  const mining = test.miner.mineNow(3, account(2).address)
  await test.time.sleeping(30_000)
  test.time.advance(30_000)
  expect(await mining).toEqual([])
})

test('closing aborts blocks on demand, and nothing is mined after it', async () => {
  const test = await testMiner({ mode: 'interval' }, { powLimitBits: 0x0a00ffff })
  await test.miner.start()
  const mining = test.miner.mineNow(3, account(2).address)
  await test.time.sleeping(30_000)
  await test.miner.close()
  expect(await mining).toEqual([])
  expect(await test.miner.mineNow(1, account(2).address)).toEqual([])
  expect(test.blockchain.height()).toBe(-1)
})
