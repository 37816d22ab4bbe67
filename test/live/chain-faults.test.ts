import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenChain } from '../../src/app/open-chain.js'
import type { Block } from '../../src/ledger/block.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { disk } from '../support/mortal-disk.js'

const { mine, openTestChain, removeFolder, TEST_SETTINGS, TestClock } = await import('../support/chain.js')
const { memoryFolder } = await import('../support/memory-folder.js')
const { coinsOf, transfer } = await import('../support/transfer.js')
const { indexDigest } = await import('../support/index-digest.js')
const { verifyBlocks } = await import('../support/verify-blocks.js')
const { RuleError } = await import('../../src/ledger/rule-error.js')

jest.setTimeout(60_000)

const clock = new TestClock()

/** Two branches after the blocks both have, and transactions of them. */
interface Story {
  /** Folder with the blocks that both branches have. */
  readonly folder: string
  readonly short: readonly Block[]
  readonly long: readonly Block[]
  readonly paid: Readonly<Record<'first' | 'child' | 'third' | 'waiting' | 'late' | 'shared', Transaction>>
  /** In the short branch; the long one holds `rival`, which spends the same. */
  readonly doomed: Transaction
  readonly rival: Transaction
}

/** What a node said that it has. */
interface Promised {
  readonly blocks: Block[]
  readonly transactions: Transaction[]
}

const folders: string[] = []
let story: Story

async function newFolder(from?: string): Promise<string> {
  const folder = await memoryFolder()
  folders.push(folder)
  if (from !== undefined) await cp(from, folder, { recursive: true })
  return folder
}

beforeAll(async () => {
  story = await tell()
})

afterAll(async () => {
  await Promise.all(folders.map(removeFolder))
})

async function tell(): Promise<Story> {
  const folder = await newFolder()
  const common = await openTestChain(folder, clock)
  for (let i = 0; i < 8; i++) await mine(common, clock)
  const coins = coinsOf(common)
  const pay = (amount: number, n: number, chain = common): Transaction =>
    transfer(chain, clock, { amount, coins: coins.slice(n, n + 1) })
  const [first, shared, doomed, rival] = [pay(1, 0), pay(2, 1), pay(3, 2), pay(4, 2)]
  const [third, late] = [pay(5, 3), pay(6, 4)]
  await closed(common)

  const a = await openTestChain(await newFolder(folder), clock)
  for (const each of [first, shared]) await a.pending.submit(each)
  const short = [await mine(a, clock)]
  const change = (of: Transaction) =>
    coinsOf(a).filter(({ transactionId, outputIndex }) => transactionId === of.id && outputIndex === 1)
  const child = transfer(a, clock, { coins: change(first) })
  for (const each of [child, doomed]) await a.pending.submit(each)
  short.push(await mine(a, clock))
  await a.pending.submit(third)
  short.push(await mine(a, clock))
  const waiting = transfer(a, clock, { coins: change(third) })
  await closed(a)

  const b = await openTestChain(await newFolder(folder), clock)
  for (const each of [shared, rival]) await b.pending.submit(each)
  const long: Block[] = []
  for (let i = 0; i < 4; i++) long.push(await mine(b, clock))
  await closed(b)
  return { folder, short, long, doomed, rival, paid: { first, child, third, waiting, late, shared } }
}

/** Everything that can happen to a chain, a step at a time; each step may be taken again. */
function steps({ blockchain, pending }: OpenChain, promised: Promised): (() => Promise<void>)[] {
  const { short, long, doomed, paid } = story
  const take = (block: Block | undefined) => async (): Promise<void> => {
    if (!block) throw new Error('the story is too short')
    await blockchain.submit(block)
    promised.blocks.push(block)
  }
  const hand = (transaction: Transaction) => async (): Promise<void> => {
    await pending.submit(transaction).catch(unlessKnown)
    promised.transactions.push(transaction)
  }
  return [
    hand(paid.first),
    hand(paid.shared),
    take(short[0]),
    async () => {
      const batch = [paid.third, paid.child, doomed]
      for (const answer of await pending.submitMany(batch)) {
        if (answer instanceof RuleError) unlessKnown(answer)
      }
      promised.transactions.push(...batch)
    },
    async () => {
      await blockchain.submitMany(short.slice(1))
      promised.blocks.push(...short.slice(1))
    },
    hand(paid.waiting),
    ...long.map(take),
    hand(paid.late),
  ]
}

/** Known already, or its coins are gone on the branch that won. */
function unlessKnown(error: unknown): void {
  if (!(error instanceof RuleError) || !['POOL-1', 'POOL-3', 'UTX-1'].includes(error.rule)) throw error
}

async function closed(chain: OpenChain): Promise<void> {
  await disk.heal()
  await chain.close()
}

/** Opens the folder again, and compares what is there with what was promised and with the files. */
async function expectKept(folder: string, promised: Promised): Promise<OpenChain> {
  const chain = await openTestChain(folder, clock)
  const { blockchain, pending } = chain
  const { index } = blockchain
  for (const { header } of promised.blocks) expect(await blockchain.block(header.hash)).toBeDefined()
  const heights = promised.blocks.map(({ header }) => header.height)
  expect(blockchain.height()).toBeGreaterThanOrEqual(Math.max(7, ...heights))
  for (const each of promised.transactions) {
    const isThere = index.hasTransaction(each.id) || pending.pool.get(each.id) !== undefined
    const isSpent = each === story.doomed && index.hasTransaction(story.rival.id)
    expect({ is: nameOf(each), isThere: isThere || isSpent }).toEqual({ is: nameOf(each), isThere: true })
  }
  await expectInStep(folder, chain)
  return chain
}

/** Index, chain and side files say the same, and nothing else lies there. */
async function expectInStep(folder: string, { blockchain }: OpenChain): Promise<void> {
  const { index, archive } = blockchain
  expect(indexDigest(index)).toEqual(await verifyBlocks(folder, TEST_SETTINGS, clock.nowMs))
  for (const hash of await archive.sideHashes()) {
    const height = index.entry(hash)?.header.height ?? -1
    expect(index.activeHash(height)).not.toBe(hash)
  }
  const names = await readdir(join(folder, 'blocks'), { recursive: true })
  expect(names.filter((name) => name.includes('.tmp-') || name.includes('torn'))).toEqual([])
}

function nameOf({ id }: Transaction): string | undefined {
  return Object.entries({ ...story.paid, doomed: story.doomed }).find(([, each]) => each.id === id)?.[0]
}

/** The end of the story: the long branch is the chain, and what it does not hold waits. */
function expectTheEnd({ blockchain, pending }: OpenChain): void {
  const { long, paid, rival, doomed } = story
  expect(blockchain.tip()?.hash).toBe(long.at(-1)?.header.hash)
  expect([paid.shared, rival].map(({ id }) => blockchain.index.hasTransaction(id))).toEqual([true, true])
  const waiting = [...pending.pool.pending()].map(({ transaction }) => nameOf(transaction))
  expect(waiting.sort()).toEqual(['child', 'first', 'late', 'third', 'waiting'])
  expect(pending.pool.get(doomed.id)).toBeUndefined()
}

/** Tells the story up to the operation that fails for ever. Undefined when none was left to fail. */
async function dieAt(operation: number): Promise<{ folder: string; promised: Promised } | undefined> {
  const folder = await newFolder(story.folder)
  const chain = await openTestChain(folder, clock)
  const promised: Promised = { blocks: [], transactions: [] }
  disk.arm(operation, 'for ever')
  try {
    for (const step of steps(chain, promised)) await step()
  } catch (error) {
    if (!disk.hasFailed) throw error
  }
  const hasDied = disk.hasFailed
  await closed(chain)
  return hasDied ? { folder, promised } : undefined
}

test('death right before each single operation: the next start has a right index, every block and every transaction it acknowledged', async () => {
  let deaths = 0
  for (let end = await dieAt(1); end; end = await dieAt(deaths + 1)) {
    deaths++
    const again = await expectKept(end.folder, end.promised)
    // What happens then is always the same: a third of the lives go on to the end.
    if (deaths % 3 === 0) {
      for (const step of steps(again, end.promised)) await step()
      expectTheEnd(again)
    }
    await closed(again)
  }
  expect(deaths).toBeGreaterThan(60)
})

test('an operation that fails once, whichever it is: the node goes on, and nothing is lost or torn', async () => {
  let failures = 0
  for (let isLeft = true; isLeft;) {
    const folder = await newFolder(story.folder)
    const chain = await openTestChain(folder, clock)
    const promised: Promised = { blocks: [], transactions: [] }
    disk.arm(failures + 1, 'once')
    for (const step of steps(chain, promised)) {
      await step().catch(async (error: unknown) => {
        if (!disk.hasFailed) throw error
        await step()
      })
    }
    expectTheEnd(chain)
    isLeft = disk.hasFailed
    if (isLeft) failures++
    await closed(chain)
    // Each start looks at the whole folder: a third of them, with every kind of step among them, is enough.
    if (failures % 3 > 0) continue
    const again = await expectKept(folder, promised)
    expectTheEnd(again)
    await closed(again)
  }
  expect(failures).toBeGreaterThan(60)
})

/** Starts again and again, each time dying one operation later, until a start is not the last. How many there were. */
async function startUntilAlive(folder: string, rebuild: boolean): Promise<number> {
  for (let starts = 1; ; starts++) {
    disk.arm(starts, 'for ever')
    const chain = await openTestChain(folder, clock, { rebuild }).catch((error: unknown) => {
      if (!disk.hasFailed) throw error
    })
    const wasLast = !disk.hasFailed
    await disk.heal()
    await chain?.close()
    if (wasLast) return starts
  }
}

test('a start that dies, at whichever operation, and the starts after it, which die too: the work goes on where it was', async () => {
  let starts = 0
  for (let operation = 12; ; operation += 6) {
    const end = await dieAt(operation)
    if (!end) break
    starts += await startUntilAlive(end.folder, false)
    await closed(await expectKept(end.folder, end.promised))
  }
  expect(starts).toBeGreaterThan(30)
})

test('a rebuild that dies, at whichever operation, is made again by the next start', async () => {
  const folder = await newFolder(story.folder)
  const chain = await openTestChain(folder, clock)
  const promised: Promised = { blocks: [], transactions: [] }
  for (const step of steps(chain, promised)) await step()
  await closed(chain)
  expect(await startUntilAlive(folder, true)).toBeGreaterThan(12)
  for (let operation = 1; operation < 12; operation += 2) {
    disk.arm(operation, 'for ever')
    await expect(openTestChain(folder, clock, { rebuild: true })).rejects.toThrow()
    await disk.heal()
    const again = await expectKept(folder, promised)
    expectTheEnd(again)
    await closed(again)
  }
})
