import { expect, test } from '@jest/globals'
import { StoreFailedError } from '../../../src/contract/remote/engine/group-commit.js'
import { AckStatus } from '../../../src/contract/wire/remote.js'
import { CONTRACT_ID, failure, outcomeOf, PrimeKit, settled, TestClient, testContract } from './prime-kit.js'

const { COMMITTED, ALREADY_COMMITTED, STALE, REJECTED } = AckStatus

async function withDeliveries(count: number, kit = new PrimeKit()) {
  await kit.mine(count)
  const client = kit.attach('one', count)
  await settled()
  return { kit, client }
}

test('REM-23: there is no answer before the disk has the result, and a second one in between waits for the first', async () => {
  const { kit, client } = await withDeliveries(1)
  kit.memory.mode = 'holds'
  const answers: number[] = []
  const note = ({ status }: { readonly status: number }): number => answers.push(status)
  const both = [kit.finish(client, client.at(0)).then(note), kit.finish(client, client.at(0)).then(note)]
  await settled()
  expect(answers).toEqual([])
  kit.memory.mode = 'keeps'
  kit.memory.release()
  await Promise.all(both)
  expect(answers.sort()).toEqual([COMMITTED, ALREADY_COMMITTED])
})

test('REM-23: when the disk fails there is no answer and nothing has happened; the same result is taken later', async () => {
  const { kit, client } = await withDeliveries(2)
  kit.memory.mode = 'fails'
  await expect(kit.finish(client, client.at(0))).rejects.toThrow(StoreFailedError)
  expect(kit.logged.join()).toContain('no space left')
  kit.memory.mode = 'keeps'
  expect(await kit.finish(client, client.at(0))).toMatchObject({ status: COMMITTED })
  await kit.time.pass(2_000)
  expect(client.at(-1)).toMatchObject({ invocationId: client.at(1).invocationId, attempt: 2 })
  expect(await kit.finish(client, client.at(1))).toMatchObject({ status: STALE })
})

test('REM-19, REM-20: another result, a forged token, an unknown invocation and one of another contract are stale', async () => {
  const { kit, client } = await withDeliveries(2)
  expect(await kit.finish(client, client.at(0), { leaseToken: Buffer.alloc(16) })).toMatchObject({
    status: STALE,
  })
  expect(await kit.finish(client, client.at(0))).toMatchObject({ status: COMMITTED })
  expect(await kit.finish(client, client.at(0), { dataJson: '{}' })).toMatchObject({ status: STALE })
  expect(await kit.finish(client, client.at(1), { invocationId: 'what?' })).toMatchObject({ status: STALE })
  const other = testContract({ id: '6f3c2b1a-0000-4000-8000-000000000002', txnType: 'other' })
  kit.registry.put(other)
  const thief = new TestClient('thief', 'thief', other.id)
  kit.prime.attach(thief, 1, [])
  expect(await kit.finish(thief, client.at(1))).toMatchObject({ status: STALE })
  expect(kit.prime.invocation(client.at(1).invocationId)).toMatchObject({ state: 'leased' })
})

test.each([
  ['text that is no JSON', { dataJson: '{"a":' }],
  ['a key twice', { dataJson: '{"a":1,"a":2}' }],
  ['no object', { dataJson: '[1]' }],
  ['more than 1 MiB', { dataJson: JSON.stringify({ a: 'x'.repeat(1 << 20) }) }],
  ['an output larger than a transaction may be', { dataJson: JSON.stringify({ a: 'x'.repeat(200_000) }) }],
  ['a tag that is too long', { outputTag: 'x'.repeat(1025) }],
  ['a heap value that is no JSON', { heapJson: { key: 'x' } }],
  ['a heap key with a control character', { heapJson: { 'a\u0000b': '1' } }],
])('REM-21: %s ends the invocation as failed', async (_, changes) => {
  const { kit, client } = await withDeliveries(1)
  const answer = await kit.finish(client, client.at(0), changes)
  expect(answer).toMatchObject({ status: REJECTED, outputTxnId: '' })
  expect(answer.detail).toContain('BAD_OUTPUT')
  expect(kit.prime.invocation(client.at(0).invocationId)).toMatchObject({
    state: 'failed',
    outputTxnId: null,
  })
  await settled()
  expect(kit.source.pool.size).toBe(0)
  expect(kit.prime.heapKeys(CONTRACT_ID, '', undefined, 10)).toEqual([])
})

test('REM-32: numbers that cannot be hashed come to the chain as text, and an error of the author as one', async () => {
  const { kit, client } = await withDeliveries(3)
  const [fraction, error, silent] = client.delivered.map((each) => outcomeOf(each)) as [
    ReturnType<typeof outcomeOf>,
    ReturnType<typeof outcomeOf>,
    ReturnType<typeof outcomeOf>,
  ]
  await kit.prime.finish(client.sessionId, { ...fraction, dataJson: '{"price": 1.50}', outputTag: 'mine' })
  await kit.prime.finish(client.sessionId, { ...error, ...failure('out of stock', 'BUSINESS') })
  await kit.prime.finish(client.sessionId, { ...silent, outputToChain: false })
  await settled()
  kit.source.mine()
  await settled()
  expect(kit.source.outputs().map(({ payload }) => payload)).toMatchObject([
    { payload: { json: '{"price": 1.50}' }, tag: 'mine' },
    { payload: { error: 'out of stock' }, tag: 'tag 2' },
  ])
  expect(kit.prime.invocation(error.invocationId)).toMatchObject({
    state: 'failed',
    error: 'out of stock',
    failures: 0,
  })
  expect(kit.prime.invocation(silent.invocationId)).toMatchObject({ state: 'committed', outputTxnId: null })
})

test('REM-22, REM-23: logs and heap are kept with the result, of logs 64 KiB, beginning and end', async () => {
  const { kit, client } = await withDeliveries(1)
  const stdout = `begin${'o'.repeat(200_000)}end`
  await kit.finish(client, client.at(0), {
    logs: { stdout, stderr: 'warned', truncated: false },
    heapJson: { 'cart/1': '{"n":1}', 'cart/2': '2', other: 'null' },
  })
  const [line] = kit.prime.logs(CONTRACT_ID, 0, 10)
  expect(line).toMatchObject({ stderr: 'warned', truncated: true })
  expect(line?.stdout.length).toBeLessThanOrEqual(65_536)
  expect(line?.stdout.startsWith('begin') && line.stdout.endsWith('end')).toBe(true)
  expect(kit.prime.heapKeys(CONTRACT_ID, 'cart/', undefined, 10)).toEqual(['cart/1', 'cart/2'])
  expect(kit.prime.heapKeys(CONTRACT_ID, 'cart/', 'cart/1', 10)).toEqual(['cart/2'])
  expect(kit.prime.heap(CONTRACT_ID, 'cart/1')).toBe('{"n":1}')
})
