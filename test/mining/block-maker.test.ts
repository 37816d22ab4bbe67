import { expect, test } from '@jest/globals'
import { EventEmitter, once } from 'node:events'
import type { Block, HeaderFields } from '../../src/ledger/block.js'
import { BlockMaker } from '../../src/mining/block-maker.js'
import { account, mine, solve } from '../support/chain.js'
import { record, testMiner, type TestMiner, turns } from './mining-test.js'

/** A finder that finds when it is told to. */
class ScriptedFinder extends EventEmitter {
  readonly headers: HeaderFields[] = []
  #resolve: (nonce: string | undefined) => void = () => undefined

  find(header: HeaderFields, signal: AbortSignal): Promise<string | undefined> {
    this.headers.push(header)
    return new Promise((resolve) => {
      this.#resolve = resolve
      signal.addEventListener('abort', () => resolve(undefined))
      this.emit('search')
    })
  }

  async searching(count: number): Promise<void> {
    while (this.headers.length < count) await once(this, 'search')
  }

  succeed(): void {
    const header = this.headers.at(-1)
    if (!header) throw new Error('nothing is searched for')
    this.#resolve(solve({ header: { ...header, hash: '' }, transactions: [] }).header.nonce)
  }
}

async function setUp() {
  const test = await testMiner({}, { coinbaseMaturity: 0 })
  await mine(test, test.time)
  const finder = new ScriptedFinder()
  const mined: Block[] = []
  const { blockchain, pending, time } = test
  const maker = new BlockMaker({
    blockchain,
    pool: () => pending.pool,
    finder,
    now: time.now,
    sleep: time.sleep,
    onMined: (block) => mined.push(block),
  })
  return { test, finder, maker, mined }
}

const request = { rewardAddress: account(0).address, allowEmpty: true }
const forever = new AbortController().signal

function countsOf(finder: ScriptedFinder): number[] {
  return finder.headers.map(({ transactionCount }) => transactionCount)
}

test('a search ends when another block takes the tip, and nothing is submitted', async () => {
  const { test, finder, maker, mined } = await setUp()
  const result = maker.mine(request, forever)
  await finder.searching(1)
  await mine(test, test.time)
  expect(await result).toBeUndefined()
  expect(mined).toEqual([])
  expect(finder.headers).toHaveLength(1)
})

test('a nonce found while another block takes the tip is dropped', async () => {
  const { test, finder, maker, mined } = await setUp()
  const result = maker.mine(request, forever)
  await finder.searching(1)
  const other = await mineAlone(test, () => finder.succeed())
  expect(await result).toBeUndefined()
  expect(mined).toEqual([])
  expect(test.blockchain.tip()?.hash).toBe(other)
  expect(await test.blockchain.archive.sideHashes()).toEqual([])
})

/** Puts a block on the tip, and does something when its turn has begun. */
function mineAlone({ blockchain, pending, time }: TestMiner, then: () => void): Promise<string> {
  const maker = new BlockMaker({
    blockchain,
    pool: () => pending.pool,
    finder: {
      find: (header) =>
        Promise.resolve(solve({ header: { ...header, hash: '' }, transactions: [] }).header.nonce),
    },
    now: time.now,
    sleep: time.sleep,
    onMined: () => undefined,
  })
  const mined = maker.mine({ ...request, rewardAddress: account(3).address }, forever)
  return blockchain.alone(then).then(async () => (await mined)?.header.hash ?? 'none')
}

test('a long search goes on with a later time every three seconds, without new transactions with the same ones', async () => {
  const { test, finder, maker } = await setUp()
  test.time.nowMs += 10
  const startMs = test.time.nowMs
  const result = maker.mine(request, forever)
  for (let i = 1; i <= 3; i++) {
    await finder.searching(i)
    test.time.advance(2999)
    await turns()
    expect(finder.headers).toHaveLength(i)
    test.time.advance(1)
  }
  await finder.searching(4)
  expect(finder.headers.map(({ timestamp }) => timestamp - startMs)).toEqual([0, 3000, 6000, 9000])
  expect(new Set(finder.headers.map(({ merkleRoot }) => merkleRoot)).size).toBe(1)
  finder.succeed()
  expect((await result)?.header.timestamp).toBe(startMs + 9000)
})

test('a long search takes in transactions that arrived, not sooner than after three seconds', async () => {
  const { test, finder, maker } = await setUp()
  const result = maker.mine(request, forever)
  await finder.searching(1)
  await test.pending.submit(record(test))
  await turns()
  expect(countsOf(finder)).toEqual([1])
  test.time.advance(3000)
  await finder.searching(2)
  expect(countsOf(finder)).toEqual([1, 2])
  finder.succeed()
  expect((await result)?.transactions).toHaveLength(2)
})

test('where the clock stands still no header is searched twice', async () => {
  const { test, finder, maker } = await setUp()
  const stop = new AbortController()
  const result = maker.mine(request, stop.signal)
  await finder.searching(1)
  test.time.advance(3000)
  await finder.searching(2)
  test.time.nowMs -= 3000
  test.time.advance(3000)
  test.time.nowMs -= 3000
  stop.abort()
  await result
  expect(new Set(finder.headers.map(({ timestamp }) => timestamp)).size).toBe(finder.headers.length)
})

test('no block is made of nothing where none is wanted', async () => {
  const { maker, finder } = await setUp()
  expect(await maker.mine({ ...request, allowEmpty: false }, forever)).toBeUndefined()
  expect(finder.headers).toEqual([])
})
