import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { OpenChain } from '../../src/app/open-chain.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { ids, mine, openTestChain, TestClock } from '../support/chain.js'
import { temporaryFolder } from '../support/cleanup.js'
import { coinsOf, transfer } from '../support/transfer.js'

const clock = new TestClock()
const IN_A_ROW = 60

/** Pays on and on with the change of the payment before. */
function row(chain: OpenChain): Transaction[] {
  const made = [transfer(chain, clock)]
  while (made.length < IN_A_ROW) {
    const last = made.at(-1) as Transaction
    const change = last.outputs[1]
    if (!change) throw new Error('a payment has change')
    made.push(transfer(chain, clock, { coins: [{ transactionId: last.id, outputIndex: 1, ...change }] }))
  }
  return made
}

test('POOL-15: a row of 60 that was in blocks is in blocks again after a reorg and a restart, and none is told to be gone', async () => {
  const folder = await temporaryFolder()
  const common = await openTestChain(join(folder, 'a'), clock)
  for (let i = 0; i < 3; i++) await mine(common, clock)
  await common.close()
  await cp(join(folder, 'a'), join(folder, 'b'), { recursive: true })

  const a = await openTestChain(join(folder, 'a'), clock)
  const b = await openTestChain(join(folder, 'b'), clock)
  const paid = row(a)
  for (let from = 0; from < IN_A_ROW; from += 20) {
    for (const each of paid.slice(from, from + 20)) await a.pending.submit(each)
    await mine(a, clock)
  }
  expect(coinsOf(a, 1)).toHaveLength(IN_A_ROW)
  const dropped: string[] = []
  a.blockchain.events.on('dropped', ({ id }) => dropped.push(id))
  for (let i = 0; i < 4; i++) await a.blockchain.submit(await mine(b, clock))
  await b.close()
  expect(a.pending.pool.size).toBe(25)
  expect(paid.every(({ id }) => a.pending.get(id))).toBe(true)
  const known = await a.pending.submitMany(paid)
  expect(known.map((each) => (each instanceof RuleError ? each.rule : ''))).toEqual(paid.map(() => 'POOL-1'))
  await mine(a, clock)
  await a.close()

  const again = await openTestChain(join(folder, 'a'), clock)
  const { blockchain, pending } = again
  const entered: string[] = []
  blockchain.events.on('dropped', ({ id }) => dropped.push(id))
  blockchain.events.on('pending', ({ id }) => entered.push(id))
  expect(ids([...pending.pool.pending()].map(({ transaction }) => transaction))).toEqual(
    ids(paid.slice(25, 50)),
  )
  expect(paid.slice(25).every(({ id }) => pending.get(id))).toBe(true)
  await mine(again, clock)
  expect(entered).toEqual(ids(paid.slice(50)))
  await mine(again, clock)
  expect(coinsOf(again, 1)).toHaveLength(IN_A_ROW)
  expect(pending.pool.size).toBe(0)
  expect(dropped).toEqual([])
  await again.close()
})
