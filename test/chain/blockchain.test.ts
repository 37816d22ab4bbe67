import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { open as openDatabase } from 'lmdb'
import { join } from 'node:path'
import type { OpenChain } from '../../src/app/open-chain.js'
import type { Block } from '../../src/ledger/block.js'
import { FORMAT } from '../../src/store/index/meta.js'
import { indexDigest } from '../support/index-digest.js'
import { mine, openTestChain, removeFolder, temporaryFolder, TestClock } from '../support/chain.js'

let folders: string[] = []
let chains: OpenChain[] = []
let clock = new TestClock()

beforeEach(() => {
  clock = new TestClock()
})

afterEach(async () => {
  await Promise.all(chains.map((chain) => chain.close()))
  await Promise.all(folders.map(removeFolder))
  folders = []
  chains = []
})

async function open(folder?: string, rebuild = false): Promise<OpenChain & { folder: string }> {
  const path = folder ?? (await temporaryFolder())
  if (!folder) folders.push(path)
  const chain = await openTestChain(path, clock, { rebuild })
  chains.push(chain)
  return Object.assign(chain, { folder: path })
}

async function close(chain: OpenChain): Promise<void> {
  await chain.close()
  chains = chains.filter((other) => other !== chain)
}

async function mineMany(chain: OpenChain, count: number): Promise<Block[]> {
  const blocks: Block[] = []
  for (let i = 0; i < count; i++) blocks.push(await mine(chain, clock))
  return blocks
}

test('a chain grows block by block and is there again after a restart', async () => {
  const first = await open()
  const blocks = await mineMany(first, 5)
  await close(first)
  const again = await open(first.folder)
  expect(again.blockchain.height()).toBe(4)
  expect(again.blockchain.tip()?.hash).toBe(blocks[4]?.header.hash)
})

test('the index is rebuilt from the files and says the same', async () => {
  const first = await open()
  await mineMany(first, 5)
  const totals = first.blockchain.index.totals()
  const richest = [...first.blockchain.index.richest(10)]
  await close(first)
  const again = await open(first.folder, true)
  expect(again.blockchain.index.totals()).toEqual(totals)
  expect([...again.blockchain.index.richest(10)]).toEqual(richest)
})

test('an index of another layout is rebuilt by the next start', async () => {
  const first = await open()
  await mineMany(first, 3)
  const digest = indexDigest(first.blockchain.index)
  await close(first)
  const root = openDatabase<{ readonly format: number }, string>({
    path: join(first.folder, 'index'),
    cache: false,
    noSubdir: false,
  })
  const meta = root.get('meta')
  expect(meta?.format).toBe(FORMAT)
  await root.put('meta', { ...meta, format: FORMAT - 1 })
  await root
    .openDB<Buffer, Buffer>({ name: 'utxo', keyEncoding: 'binary', encoding: 'binary' })
    .put(Buffer.of(1), Buffer.of(1))
  await root.close()

  const again = await open(first.folder)
  expect(indexDigest(again.blockchain.index)).toEqual(digest)
})

test('a longer branch replaces the chain, and the shorter one is kept beside it', async () => {
  const a = await open()
  const b = await open()
  const common = await mineMany(a, 3)
  await b.blockchain.submitMany(common)
  const short = await mineMany(a, 2)
  clock.nowMs += 5
  const long = await mineMany(b, 3)
  const reorgs: unknown[] = []
  a.blockchain.events.on('reorg', (reorg) => reorgs.push(reorg))
  for (const block of long) await a.blockchain.submit(block)
  expect(a.blockchain.tip()?.hash).toBe(long[2]?.header.hash)
  expect(reorgs).toHaveLength(1)
  expect(await a.blockchain.archive.sideHashes()).toEqual(
    expect.arrayContaining(short.map(({ header }) => header.hash)),
  )
  expect(a.blockchain.index.totals()).toEqual(b.blockchain.index.totals())
  expect([...a.blockchain.index.richest(10)]).toEqual([...b.blockchain.index.richest(10)])
  await close(a)
  const again = await open(a.folder)
  expect(again.blockchain.tip()?.hash).toBe(long[2]?.header.hash)
})
