import { expect, test } from '@jest/globals'
import { AckStatus } from '../../../src/contract/wire/remote.js'
import { PrimeKit, settled } from './prime-kit.js'

const { COMMITTED, ALREADY_COMMITTED } = AckStatus

test('records of the chain are delivered in its order, a result makes an output that comes to the chain once', async () => {
  const kit = new PrimeKit()
  const records = await kit.mine(3)
  const client = kit.attach()
  await settled()
  expect(client.delivered.map(({ txnId }) => txnId)).toEqual(
    records.map(({ transactionId }) => transactionId),
  )
  const acks = await Promise.all(client.delivered.map((each) => kit.finish(client, each)))
  expect(acks.map(({ status }) => status)).toEqual([COMMITTED, COMMITTED, COMMITTED])
  await settled()
  expect([...kit.source.pool.keys()].sort()).toEqual(acks.map(({ outputTxnId }) => outputTxnId).sort())
  kit.source.mine()
  await settled()
  expect(kit.source.outputs().map(({ id }) => id)).toEqual(acks.map(({ outputTxnId }) => outputTxnId))
  expect(kit.source.outputs()[0]?.payload).toMatchObject({
    kind: 'output',
    tag: 'tag 1',
    invokedBy: records[0]?.transactionId,
  })
  expect(await kit.finish(client, client.at(0))).toMatchObject({
    status: ALREADY_COMMITTED,
    outputTxnId: acks[0]?.outputTxnId,
  })
  expect(kit.prime.backlogOf(client.contractId)).toMatchObject({
    committed: 3,
    pending: 0,
    leased: 0,
    outputsWaiting: 0,
  })
})

test('what a prime knew when it stopped, the next one knows', async () => {
  const kit = new PrimeKit()
  const records = await kit.mine(3)
  const client = kit.attach('one', 2)
  await settled()
  await kit.finish(client, client.at(0))
  await settled()
  await kit.crash()
  const next = kit.attach('two', 10)
  await settled()
  expect(next.delivered.map(({ txnId, attempt }) => [txnId, attempt])).toEqual([
    [records[1]?.transactionId, 2],
    [records[2]?.transactionId, 2],
  ])
  await kit.finishAll(next)
  kit.source.mine()
  await settled()
  expect(kit.source.outputs()).toHaveLength(3)
  expect(kit.logged).toEqual([])
})
