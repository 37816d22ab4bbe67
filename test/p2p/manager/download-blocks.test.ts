import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { DoneFile } from '../../../src/p2p/download/done-file.js'
import { NotFoundError, UsageError } from '../../../src/p2p/errors.js'
import { toDisplay } from '../../../src/p2p/hash.js'
import { blocksOf } from '../../../src/p2p/headers/blocks-of.js'
import { downloadBlocks, type DownloadBlocksOptions } from '../../../src/p2p/manager/download-blocks.js'
import { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import { FakeNode } from '../kit/fake-node.js'
import type { Script } from '../kit/script.js'
import { bodyForBlock } from '../kit/synthetic-body.js'
import { TestChain } from '../kit/test-chain.js'
import { openStore } from '../headers/kit.js'
import { bsv } from '../peer/support/networks.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'

const LIMIT = 100_000
const BIG_AT = 31
const chain = TestChain.mine(bsv, BIG_AT - 1)
  .mineBody(bodyForBlock(5 * LIMIT, 5_000))
  .mine(29)

const items = Array.from({ length: chain.height }, (_, i) => ({ hash: chain.hash(i + 1), height: i + 1 }))

/** A manager with a connection to one node for each script. */
async function connected(...scripts: readonly Script[]): Promise<PeerManager> {
  const nodes = await Promise.all(scripts.map((script) => FakeNode.start({ network: bsv, chain, script })))
  const manager = new PeerManager({
    network: bsv,
    peers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    waitForPeers: nodes.length,
    usePersistedPeers: false,
    largeMessageLimit: LIMIT,
  })
  afterThisTest(async () => {
    await manager.close()
    await Promise.all(nodes.map((node) => node.close()))
  })
  await manager.open()
  return manager
}

/** Downloads, and tells what came: heights in the order in which they were done, and the parts of the big block. */
async function run(manager: PeerManager, options: Partial<DownloadBlocksOptions> = {}) {
  const heights: number[] = []
  const big = Buffer.alloc(5 * LIMIT)
  let aborted = 0
  await downloadBlocks(manager, {
    items,
    onBlock: ({ hash, type }, item) => {
      expect([toDisplay(hash), type]).toEqual([
        toDisplay(item.hash),
        item.height === BIG_AT ? 'big' : 'small',
      ])
      heights.push(item.height)
    },
    onPart: (part) => {
      big.set(part.bytes, 'base' in part ? part.base : part.txOffset + part.offset)
    },
    onAborted: () => {
      aborted++
      big.fill(0)
    },
    ...options,
  })
  return { heights, big, aborted }
}

const everyHeight = items.map(({ height }) => height)

const bigBlock = (): Uint8Array => {
  const block = chain.block(BIG_AT)
  const bytes = new Uint8Array(block.length)
  block.fill(bytes, 0)
  return bytes
}

test('P2P-23 blocks of any size come from all peers at a time, each once, in order where that is wanted', async () => {
  const manager = await connected({}, {}, {})
  const { heights, big, aborted } = await run(manager, { ordered: true })
  expect({ heights, aborted }).toEqual({ heights: everyHeight, aborted: 0 })
  expect(big.equals(bigBlock())).toBe(true)
})

test('P2P-23 what peers that die, stall, lack blocks or send junk do not deliver comes from the one that is well', async () => {
  const manager = await connected(
    {},
    { dropAfterBytes: 3 * LIMIT },
    { silent: ['getdata'] },
    { notFound: () => true },
    { wrongChecksum: ['block'] },
  )
  // On a busy machine the one that is well may seem to stall too: it is tried as often as need be.
  const { heights, big } = await run(manager, { limits: { stallMs: 1000, restMs: 100, attempts: 1000 } })
  expect(heights.sort((a, b) => a - b)).toEqual(everyHeight)
  expect(big.equals(bigBlock())).toBe(true)
})

test('P2P-23 a download goes on where it ended, and a file remembers what is done', async () => {
  const manager = await connected({}, {})
  const path = join(await temporaryFolder(), 'done')
  const first = await DoneFile.open(path)
  const failure = new Error('the disk is full')
  const onBlock = (_: unknown, { height }: { height: number }): void => {
    if (height === 20) throw failure
  }
  await expect(run(manager, { ordered: true, doneStore: first, onBlock })).rejects.toBe(failure)
  expect(first.size).toBe(19)
  await first.close()
  const second = await DoneFile.open(path)
  afterThisTest(() => second.close())
  const { heights } = await run(manager, { ordered: true, doneStore: second })
  expect(heights).toEqual(everyHeight.slice(19))
})

test('P2P-23 a block that nobody has ends the download', async () => {
  const manager = await connected({ notFound: () => true }, { notFound: () => true })
  await expect(run(manager)).rejects.toThrow(NotFoundError)
})

test('the blocks of a headers store are named by their heights, as far as it goes', async () => {
  const store = await openStore({ network: bsv })
  await store.connect(chain.headers(1, 40))
  expect([...blocksOf(store, 38)]).toEqual(items.slice(37, 40))
  expect([...blocksOf(store, 3, 4)]).toEqual(items.slice(2, 4))
  expect(() => [...blocksOf(store, 40, 41)]).toThrow(UsageError)
})
