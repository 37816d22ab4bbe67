import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { OpenChain } from '../../src/app/open-chain.js'
import type { Block } from '../../src/ledger/block.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { ids, mine, openTestChain, TestClock } from '../support/chain.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { coinsOf, transfer } from '../support/transfer.js'

const clock = new TestClock()

interface Twins {
  /** Has not seen the block. */
  readonly node: OpenChain
  /** Pays out of the second coin in it. */
  readonly paid: Transaction
  readonly block: Block
  /** Of the node. */
  readonly folder: string
}

/** Two nodes of one chain, of which the other has mined one block more. */
async function twins(): Promise<Twins> {
  const folder = await temporaryFolder()
  const [a, b] = [join(folder, 'a'), join(folder, 'b')]
  const common = await openTestChain(a, clock)
  for (let i = 0; i < 4; i++) await mine(common, clock)
  await common.close()
  await cp(a, b, { recursive: true })
  const other = await openTestChain(b, clock)
  const paid = transfer(other, clock, { coins: coinsOf(other).slice(1, 2) })
  await other.pending.submit(paid)
  const block = await mine(other, clock)
  await other.close()
  return { node: await openTestChain(a, clock), paid, block, folder: a }
}

/** Hands the block in; it is on its way to its file when this resolves, and stays there until `finish` is called. */
async function whileWriting({ blockchain }: OpenChain, block: Block): Promise<() => Promise<unknown>> {
  const { archive } = blockchain
  const write = archive.write.bind(archive)
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const { promise: begun, begin } = beginning()
  archive.write = async (blocks) => {
    begin()
    await opened
    await write(blocks)
  }
  const taken = blockchain.submit(block)
  await begun
  afterThisTest(open)
  return () => {
    open()
    return taken
  }
}

function beginning(): { readonly promise: Promise<void>; readonly begin: () => void } {
  let begin = (): void => undefined
  const promise = new Promise<void>((resolve) => {
    begin = resolve
  })
  return { promise, begin }
}

function waiting({ pending }: OpenChain): string[] {
  return ids([...pending.pool.pending()].map(({ transaction }) => transaction))
}

test('a transaction is pending while the file of a block is still being written', async () => {
  const { node, block } = await twins()
  const finish = await whileWriting(node, block)
  const own = transfer(node, clock)
  await node.pending.submit(own)
  expect(waiting(node)).toEqual([own.id])
  expect(node.blockchain.height()).toBe(3)
  await finish()
  expect(node.blockchain.height()).toBe(4)
  expect(waiting(node)).toEqual([own.id])
  await node.close()
})

test('a transaction that spends what the block brings waits until it is written', async () => {
  const { node, paid, block } = await twins()
  const finish = await whileWriting(node, block)
  const change = paid.outputs[1]
  if (!change) throw new Error('a payment has change')
  const coin = { transactionId: paid.id, outputIndex: 1, ...change }
  const later = transfer(node, clock, { coins: [coin] })
  const submitted = node.pending.submit(later)
  await finish()
  await submitted
  expect(waiting(node)).toEqual([later.id])
  await node.close()
})

test('a transaction that came while the block was written and is in it, or spends what it spends, is gone with it, also after a restart', async () => {
  const { node, paid, block, folder } = await twins()
  const finish = await whileWriting(node, block)
  const rival = transfer(node, clock, { coins: coinsOf(node).slice(1, 2), fee: 50_000 })
  const dropped: string[] = []
  node.blockchain.events.on('dropped', ({ id }) => dropped.push(id))
  await node.pending.submit(paid)
  await node.pending.submit(rival)
  expect(waiting(node)).toEqual([rival.id])
  await finish()
  expect(waiting(node)).toEqual([])
  expect(dropped).toEqual([paid.id, rival.id])
  await node.close()
  const again = await openTestChain(folder, clock)
  afterThisTest(() => again.close())
  expect(waiting(again)).toEqual([])
  expect(again.blockchain.index.hasTransaction(paid.id)).toBe(true)
})
