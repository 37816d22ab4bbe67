import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import * as lmdb from 'lmdb'
import type { OpenChain } from '../../src/app/open-chain.js'
import type { Block } from '../../src/ledger/block.js'

/** Writes of LMDB until one fails. */
let writesLeft = Infinity

function mayFail(): void {
  writesLeft -= 1
  if (writesLeft === 0) throw Object.assign(new Error('Input/output error'), { code: 5 })
}

/** A table of which a write may fail. */
function mortal(table: lmdb.Database): lmdb.Database {
  const [putSync, removeSync] = [table.putSync.bind(table), table.removeSync.bind(table)]
  return Object.assign(table, {
    putSync: (key: lmdb.Key, value: unknown) => {
      mayFail()
      putSync(key, value)
    },
    removeSync: (key: lmdb.Key) => {
      mayFail()
      removeSync(key)
    },
  })
}

jest.unstable_mockModule('lmdb', () => ({
  ...lmdb,
  open: (options: lmdb.RootDatabaseOptionsWithPath) => {
    const root = lmdb.open(options)
    const openDB = root.openDB.bind(root) as (...args: unknown[]) => lmdb.Database
    const transactionSync = root.transactionSync.bind(root)
    mortal(root)
    return Object.assign(root, {
      openDB: (...args: unknown[]) => mortal(openDB(...args)),
      transactionSync: <T>(work: () => T) =>
        transactionSync(() => {
          const result = work()
          mayFail()
          return result
        }),
    })
  },
}))
const { mine, openTestChain, removeFolder, TEST_SETTINGS, TestClock } = await import('../support/chain.js')
const { memoryFolder } = await import('../support/memory-folder.js')
const { coinsOf, transfer } = await import('../support/transfer.js')
const { indexDigest } = await import('../support/index-digest.js')
const { verifyBlocks } = await import('../support/verify-blocks.js')
const { DiskError } = await import('../../src/base/disk-error.js')

const clock = new TestClock()
let folder: string
let chain: OpenChain

beforeEach(async () => {
  folder = await memoryFolder()
  chain = await openTestChain(folder, clock)
  for (let i = 0; i < 4; i++) await mine(chain, clock)
})

afterEach(async () => {
  writesLeft = Infinity
  await chain.close()
  await removeFolder(folder)
})

/** Does it with each write of LMDB failing in turn, until none was left to fail. How many there were. */
async function failAtEach(work: () => Promise<unknown>, check: () => void): Promise<number> {
  for (let at = 1; ; at++) {
    writesLeft = at
    const failed = await work().then(
      () => undefined,
      (error: unknown) => error,
    )
    const hasFailed = writesLeft <= 0
    writesLeft = Infinity
    if (!hasFailed) return at - 1
    expect(failed).toBeInstanceOf(DiskError)
    check()
  }
}

async function expectInStep(): Promise<void> {
  expect(indexDigest(chain.blockchain.index)).toEqual(await verifyBlocks(folder, TEST_SETTINGS, clock.nowMs))
}

test('DISK-3: whichever write of a block’s rows fails, the index is as it was before, and takes the block when it comes again', async () => {
  await chain.pending.submit(transfer(chain, clock, { amount: 5, coins: coinsOf(chain).slice(0, 1) }))
  const other = await openTestChain(await memoryFolder(), clock)
  for (let height = 0; height < 4; height++)
    await other.blockchain.submit((await chain.blockchain.archive.read(height)) as Block)
  await other.pending.submitMany([...chain.pending.pool.pending()].map(({ transaction }) => transaction))
  const block = await mine(other, clock)
  await other.close()

  const { blockchain } = chain
  const before = indexDigest(blockchain.index)
  const writes = await failAtEach(
    () => blockchain.submit(block),
    () => expect([indexDigest(blockchain.index), blockchain.height()]).toEqual([before, 3]),
  )
  expect(writes).toBeGreaterThan(15)
  expect(blockchain.tip()?.hash).toBe(block.header.hash)
  await expectInStep()
})

test('DISK-3: whichever write fails while the chain changes its branch, chain and index agree, and the next block ends it', async () => {
  const { blockchain } = chain
  const rival = await openTestChain(await memoryFolder(), clock)
  for (let height = 0; height < 3; height++)
    await rival.blockchain.submit((await blockchain.archive.read(height)) as Block)
  const [first, second] = [await mine(rival, clock), await mine(rival, clock)]
  await rival.close()
  await blockchain.submit(first)

  let failures = 0
  const writes = await failAtEach(
    () => blockchain.submit(second).then(() => blockchain.alone(() => blockchain.takeBestBranch())),
    () => {
      failures += 1
      expect(blockchain.index.activeHash(blockchain.height())).toBe(blockchain.tip()?.hash)
    },
  )
  expect(writes).toBe(failures)
  expect(writes).toBeGreaterThan(10)
  expect(blockchain.tip()?.hash).toBe(second.header.hash)
  await expectInStep()
})
