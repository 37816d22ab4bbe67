import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { OpenChain } from '../../src/app/open-chain.js'
import { blockTemplate } from '../../src/chain/block-template.js'
import { Templates } from '../../src/chain/templates.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { TemplateEncoder } from '../../src/mining/template-encoder.js'
import { account, mine, openTestChain, removeFolder, TestClock } from '../support/chain.js'
import { memoryFolder } from '../support/memory-folder.js'
import { coinsOf, transfer } from '../support/transfer.js'

const TO = account(3).address

let folder: string
let chain: OpenChain
const clock = new TestClock()

beforeEach(async () => {
  folder = await memoryFolder()
  chain = await openTestChain(folder, clock)
  for (let i = 0; i < 6; i++) await mine(chain, clock)
})

afterEach(async () => {
  await chain.close()
  await removeFolder(folder)
})

function templates(): Templates {
  return new Templates({ blockchain: chain.blockchain, pool: () => chain.pending.pool, now: clock.now })
}

test('a template made in slices is the block that is made at once, after every change of chain and pool', async () => {
  const made = templates()
  const expectSame = async (): Promise<void> => {
    const plain = blockTemplate(chain.blockchain, chain.pending.pool, TO, clock.nowMs)
    expect(await made.next(TO)).toEqual(plain)
  }
  await expectSame()
  for (const [i, coin] of coinsOf(chain).slice(0, 4).entries()) {
    await chain.pending.submit(transfer(chain, clock, { coins: [coin], fee: 100 * (i + 1) }))
    await expectSame()
    await expectSame()
  }
  expect((await made.next(TO)).transactions).toHaveLength(5)
  await mine(chain, clock)
  await expectSame()
  await chain.blockchain.invalidate(chain.blockchain.tip()?.hash ?? '')
  await expectSame()
  expect((await made.next(TO)).transactions).toHaveLength(5)
})

test('a template is encoded as its block is, also where most of it was encoded before', async () => {
  const encoder = new TemplateEncoder()
  const [first, second] = coinsOf(chain)
  if (!first || !second) throw new Error('there are coins')
  for (const coin of [first, second]) {
    await chain.pending.submit(transfer(chain, clock, { coins: [coin] }))
    const block = await templates().next(TO)
    const { hash, transactions } = await encoder.encode(block)
    expect(hash).toBe(block.header.hash)
    expect(transactions).toEqual(block.transactions.map(encodeTransaction))
  }
})
