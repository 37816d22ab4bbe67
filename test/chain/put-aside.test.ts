import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { OpenChain } from '../../src/app/open-chain.js'
import { PUT_ASIDE_FILE } from '../../src/chain/put-aside.js'
import type { Block } from '../../src/ledger/block.js'
import { mine, openTestChain, TestClock } from '../support/chain.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'

interface Opened extends OpenChain {
  readonly folder: string
}

const clock = new TestClock()

async function opened(folder?: string, rebuild = false): Promise<Opened> {
  const path = folder ?? (await temporaryFolder())
  return { ...(await openTestChain(path, clock, { rebuild })), folder: path }
}

/** A chain of six blocks whose fourth is put aside, closed again. */
async function withoutItsFourth(): Promise<{ folder: string; blocks: Block[] }> {
  const chain = await opened()
  const blocks: Block[] = []
  for (let i = 0; i < 6; i++) blocks.push(await mine(chain, clock))
  await chain.blockchain.invalidate(hashOf(blocks[3]))
  expect(chain.blockchain.height()).toBe(2)
  await chain.close()
  return { folder: chain.folder, blocks }
}

function hashOf(block: Block | undefined): string {
  if (!block) throw new Error('there is such a block')
  return block.header.hash
}

const kept = async (folder: string) =>
  JSON.parse(await readFile(join(folder, PUT_ASIDE_FILE), 'utf8')) as unknown

const LOSSES: readonly [string, (folder: string) => Promise<Opened>][] = [
  ['a restart', (folder) => opened(folder)],
  ['a reindex', (folder) => opened(folder, true)],
  [
    'the loss of the index',
    async (folder) => {
      await rm(join(folder, 'index'), { recursive: true })
      return opened(folder)
    },
  ],
]

test.each(LOSSES)(
  'FORK-10: what is put aside stays so after %s, until it is reconsidered',
  async (_, again) => {
    const { folder, blocks } = await withoutItsFourth()
    const chain = await again(folder)
    afterThisTest(() => chain.close())
    const { blockchain } = chain
    expect(blockchain.tip()?.hash).toBe(hashOf(blocks[2]))
    expect(await kept(folder)).toEqual([hashOf(blocks[3])])
    await expect(blockchain.submit(blocks[3] as Block)).rejects.toMatchObject({ rule: 'FORK-2' })
    await expect(blockchain.submit(blocks[5] as Block)).rejects.toMatchObject({ rule: 'FORK-2' })
    await blockchain.reconsider(hashOf(blocks[4]))
    expect(blockchain.tip()?.hash).toBe(hashOf(blocks[5]))
    expect(await kept(folder)).toEqual([])
  },
)

test('FORK-10: a reindex after the block was reconsidered puts it on the chain', async () => {
  const { folder, blocks } = await withoutItsFourth()
  const chain = await opened(folder)
  await chain.blockchain.reconsider(hashOf(blocks[3]))
  await chain.close()
  const again = await opened(folder, true)
  afterThisTest(() => again.close())
  expect(again.blockchain.tip()?.hash).toBe(hashOf(blocks[5]))
})

test('FORK-10: a mark that a kill left without its effect takes effect at the next start', async () => {
  const chain = await opened()
  const blocks: Block[] = []
  for (let i = 0; i < 4; i++) blocks.push(await mine(chain, clock))
  await chain.close()
  for (const rebuild of [false, true]) {
    await writeFile(join(chain.folder, PUT_ASIDE_FILE), JSON.stringify([hashOf(blocks[2])]))
    const again = await opened(chain.folder, rebuild)
    expect(again.blockchain.tip()?.hash).toBe(hashOf(blocks[1]))
    await again.blockchain.reconsider(hashOf(blocks[2]))
    expect(again.blockchain.tip()?.hash).toBe(hashOf(blocks[3]))
    await again.close()
  }
})

test('FORK-10: a mark waits for a block that is not known, whichever way it comes', async () => {
  const { folder, blocks } = await withoutItsFourth()
  const marks = await readFile(join(folder, PUT_ASIDE_FILE))
  const headers = blocks.map(({ header }) => header)
  const ways: ((chain: OpenChain) => Promise<unknown>)[] = [
    ({ blockchain }) => blockchain.submitMany(blocks),
    async ({ blockchain }) => {
      for (const block of blocks) await blockchain.submit(block)
    },
    async ({ blockchain }) => {
      expect(await blockchain.submitHeaders(headers)).toBe(4)
      await blockchain.submitHeaders(headers.slice(4))
    },
  ]
  for (const take of ways) {
    const empty = await temporaryFolder()
    await writeFile(join(empty, PUT_ASIDE_FILE), marks)
    const chain = await opened(empty)
    await expect(take(chain)).rejects.toMatchObject({ rule: 'FORK-2' })
    const { blockchain } = chain
    expect(blockchain.index.entry(hashOf(blocks[3]))?.invalid).toBe('itself')
    expect(blockchain.index.entry(hashOf(blocks[4]))).toBeUndefined()
    await blockchain.submitMany(blocks.slice(0, 3))
    expect(blockchain.tip()?.hash).toBe(hashOf(blocks[2]))
    await blockchain.reconsider(hashOf(blocks[3]))
    await blockchain.submitMany(blocks)
    expect(blockchain.tip()?.hash).toBe(hashOf(blocks[5]))
    await chain.close()
  }
})

test('FORK-2: a block that follows an invalid one is not stored', async () => {
  const { folder, blocks } = await withoutItsFourth()
  const chain = await opened(folder)
  afterThisTest(() => chain.close())
  const { archive } = chain.blockchain
  const before = await archive.sideHashes()
  const other = await opened()
  afterThisTest(() => other.close())
  await other.blockchain.submitMany(blocks)
  const next = await mine(other, clock)
  await expect(chain.blockchain.submit(next)).rejects.toMatchObject({ rule: 'FORK-2' })
  expect(await archive.sideHashes()).toEqual(before)
})

test('a file of marks that is torn is set aside, and the node starts', async () => {
  const { folder } = await withoutItsFourth()
  await writeFile(join(folder, PUT_ASIDE_FILE), '["12')
  const chain = await opened(folder)
  afterThisTest(() => chain.close())
  expect([...chain.blockchain.putAside]).toEqual([])
})
