import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { arrivingRecords } from '../../../src/app/contracts/arriving-records.js'
import { recordSource } from '../../../src/app/contracts/record-source.js'
import type { OpenChain } from '../../../src/app/open-chain.js'
import type { PlacedRecord, RecordSource } from '../../../src/contract/remote/record-source.js'
import { type OutputPayload, outputId } from '../../../src/ledger/payload/output.js'
import type { Payload } from '../../../src/ledger/payload/payload.js'
import type { Transaction } from '../../../src/ledger/transaction.js'
import { signTransaction } from '../../../src/wallet/sign-transaction.js'
import {
  account,
  mine,
  openTestChain,
  removeFolder,
  temporaryFolder,
  TestClock,
} from '../../support/chain.js'
import { indexDigest } from '../../support/index-digest.js'

let folder: string
let clock: TestClock
let chain: OpenChain
let source: RecordSource

beforeEach(async () => {
  folder = await temporaryFolder()
  clock = new TestClock()
  await open()
})

afterEach(async () => {
  await chain.close()
  await removeFolder(folder)
})

async function open(options = {}): Promise<void> {
  chain = await openTestChain(folder, clock, options)
  source = recordSource(chain.blockchain, chain.pending)
}

const { keys, address } = account(3)

function signed(payload: Payload, timestamp = clock.nowMs): Transaction {
  const free = { inputs: [], outputs: [], fee: 0 } as const
  return signTransaction({ version: 1, chainId: source.chainId, timestamp, ...free, payload }, [keys])
}

function record(txnType: string, n: number): Transaction {
  return signed({ kind: 'record', txnType, tag: `tag ${n}`, payload: { n }, invoker: address })
}

function output(invokedBy: string, result: number, timestamp = clock.nowMs): Transaction {
  const said = { txnType: 'order', tag: '', payload: { result }, invoker: address }
  return signed({ kind: 'output', ...said, contract: 'c', invokedBy }, timestamp)
}

async function mined(...transactions: readonly Transaction[]): Promise<string> {
  for (const each of transactions) await chain.pending.submit(each)
  return (await mine(chain, clock)).header.hash
}

const numbers = (records: Iterable<PlacedRecord>): unknown[] =>
  [...records].map(({ ordinal, payload }) => [ordinal, (payload as { n: number }).n])

test('a record of the chain is found by type and ordinal, with all that a delivery needs', async () => {
  const order = record('order', 1)
  await mined(record('other', 0))
  const hash = await mined(order, record('order', 2))
  expect(source.height()).toBe(1)
  expect(source.hashAt(1)).toBe(hash)
  expect(source.count('order')).toBe(2)
  expect(source.at('order', 1)).toEqual({
    ordinal: 1,
    transactionId: order.id,
    height: 1,
    index: 1,
    timestamp: order.timestamp,
    txnType: 'order',
    tag: 'tag 1',
    payload: { n: 1 },
  })
  expect(source.at('order', 3)).toBeUndefined()
  expect(source.ordinalOf('order', order.id)).toBe(1)
  expect(source.ordinalOf('other', order.id)).toBeUndefined()
  expect(source.ordinalOf('order', 'f'.repeat(64))).toBeUndefined()
  expect(numbers(source.from('order', 2))).toEqual([[2, 2]])
  expect(numbers(source.from('nothing', 1))).toEqual([])
})

test('a reorg takes records out and puts others in, and a rebuild gives the same', async () => {
  await mined(record('order', 1))
  const taken = await mined(record('order', 2), record('order', 3))
  await mined(record('order', 4))
  const whole = indexDigest(chain.blockchain.index)
  const tips: number[] = []
  const end = source.onTip(() => tips.push(source.count('order')))
  await chain.blockchain.invalidate(taken)
  expect(numbers(source.from('order', 1))).toEqual([[1, 1]])
  await chain.blockchain.reconsider(taken)
  expect(numbers(source.from('order', 1))).toEqual([1, 2, 3, 4].map((n) => [n, n]))
  expect(tips).toEqual([1, 4])
  const all = [...source.from('order', 1)]
  expect(all.map(({ transactionId }) => source.ordinalOf('order', transactionId))).toEqual([1, 2, 3, 4])
  end()
  expect(indexDigest(chain.blockchain.index)).toEqual(whole)
  await chain.close()
  await open({ rebuild: true })
  expect(indexDigest(chain.blockchain.index)).toEqual(whole)
  expect(source.count('order')).toBe(4)
})

test('an output is submitted once, waits, and is carried by its transaction; it is no record', async () => {
  await mined(record('order', 1))
  const made = output('order 1', 7, 1)
  const id = outputId(made.payload as OutputPayload)
  await source.submit(made)
  await source.submit(made)
  expect(source.isPending(made.id)).toBe(true)
  expect(source.carrierOf(id)).toBeUndefined()
  await mine(chain, clock)
  expect(source.isPending(made.id)).toBe(false)
  expect(source.carrierOf(id)).toBe(made.id)
  expect(source.count('order')).toBe(1)
  await expect(source.submit(made)).rejects.toMatchObject({ rule: 'POOL-3' })
})

test('two different outputs for one invocation may both stand in blocks, but the first alone counts', async () => {
  const [first, second] = [output('order 1', 1), output('order 1', 2)]
  const taken = await mined(first)
  await mined(second)
  const { index } = chain.blockchain
  expect([first, second].map(({ id }) => index.place(id)?.code)).toEqual([0, 9])
  expect(index.records.count('output', 'order')).toBe(1)
  await chain.blockchain.invalidate(taken)
  const id = outputId(first.payload as OutputPayload)
  expect(source.carrierOf(id)).toBeUndefined()
  expect([first, second].map((each) => source.isPending(each.id))).toEqual([true, true])
  await mine(chain, clock)
  expect(source.carrierOf(id)).toBe(first.id)
})

test('what no longer waits without a block is told', async () => {
  const dropped: string[] = []
  const end = source.onDropped((id) => dropped.push(id))
  const made = output('order 1', 1)
  await source.submit(made)
  clock.nowMs += 30 * 86_400_000
  await chain.pending.expire()
  end()
  expect(dropped).toEqual([made.id])
})

test('records that wait for a block are counted by type, and no longer when they stand in one', async () => {
  for (const each of [record('order', 1), record('order', 2), record('other', 3), output('x', 4)])
    await chain.pending.submit(each)
  expect(arrivingRecords(chain.pending)).toEqual(
    new Map([
      ['order', 2],
      ['other', 1],
    ]),
  )
  await mine(chain, clock)
  expect(arrivingRecords(chain.pending).size).toBe(0)
})
