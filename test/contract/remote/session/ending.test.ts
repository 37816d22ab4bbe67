import { expect, test } from '@jest/globals'
import { status } from '@grpc/grpc-js'
import type { Acknowledgement } from '../../../../src/contract/remote/prime.js'
import { waitFor } from '../../../support/wait-for.js'
import { openTestDoor } from './kit/door.js'
import { COMMITTED, delivery } from './kit/fake-prime.js'
import { KEY } from './kit/fake-registry.js'
import { RawClient } from './kit/raw-client.js'

type Door = Awaited<ReturnType<typeof openTestDoor>>

const { UNAUTHENTICATED, NOT_FOUND, FAILED_PRECONDITION, UNAVAILABLE, ABORTED } = status

test.each<[what: string, act: (door: Door) => void, code: status, text: string]>([
  ['whose key is revoked', ({ registry }) => registry.revoke(KEY), UNAUTHENTICATED, 'invalid API key'],
  ['whose contract is deleted', ({ registry }) => registry.delete(), NOT_FOUND, 'unknown smart contract'],
  [
    'whose contract is deleted, which is told after its key was revoked',
    ({ registry }) => {
      registry.revoke(KEY)
      registry.delete()
    },
    NOT_FOUND,
    'unknown smart contract',
  ],
  [
    'whose contract is paused',
    ({ registry }) => registry.change({ state: 'inactive' }),
    FAILED_PRECONDITION,
    'the smart contract is inactive',
  ],
])('a stream %s ends at once', async (_, act, code, text) => {
  const door = await openTestDoor()
  const [live, opening] = [door.connect(), door.connect()]
  await live.hello()
  await opening.accepted
  act(door)
  await new Promise(setImmediate)
  expect(door.sessions.list()).toEqual([])
  expect(door.prime.heard).toEqual(['start', 'detach lost'])
  expect(await live.ended).toMatchObject({ code, details: text })
  expect(await opening.ended).toMatchObject({ code, details: text })
})

test('a change of another kind, or of another contract, ends no stream', async () => {
  const { connect, registry, sessions } = await openTestDoor()
  await connect().hello()
  registry.change({ maxBacklog: 5 })
  registry.events.emit('deleted', 'another')
  registry.events.emit('revoked', 'SC_ZZZZZZZZZZZZ')
  expect(sessions.list()).toHaveLength(1)
})

test('an instance that comes back takes the place of its older stream', async () => {
  const { connect, prime, sessions } = await openTestDoor()
  const ghost = connect()
  await ghost.hello()
  const { sessionId } = await connect().hello()
  expect(await ghost.ended).toMatchObject({ code: ABORTED, details: 'superseded by same instance' })
  expect(sessions.list().map((each) => each.sessionId)).toEqual([sessionId])
  expect(prime.heard).toEqual(['start', 'detach lost', 'start'])
})

test('two instances of a contract stand side by side', async () => {
  const { connect, sessions } = await openTestDoor()
  await connect().hello({ instanceId: 'one' })
  await connect().hello({ instanceId: 'two' })
  expect(sessions.list().map(({ instanceId }) => instanceId)).toEqual(['one', 'two'])
})

test('what a superseded stream still says is not heard', async () => {
  const { connect, prime } = await openTestDoor()
  const ghost = connect()
  await ghost.hello()
  const superseded = prime.only
  await connect().hello()
  superseded.deliver(delivery(1))
  superseded.cancel('contract:txn1', 'late')
  await ghost.ended
  expect(ghost.frames.filter((frame) => frame.delivery ?? frame.cancel)).toEqual([])
})

test('a node that stops tells its clients, takes what they finish, and ends the streams', async () => {
  const { connect, prime, sessions } = await openTestDoor()
  const [busy, idle, opening] = [connect(), connect(), connect()]
  await busy.hello({ instanceId: 'busy' })
  prime.only.deliver(delivery(1))
  await idle.hello({ instanceId: 'idle' })
  await opening.accepted
  let keep = (_: Acknowledgement): void => undefined
  prime.answer = () => new Promise((resolve) => (keep = resolve))
  const drained = sessions.drain(2000)
  expect(await busy.next('drain')).toEqual({ graceMs: 2000, reconnectAfterMs: 1000 })
  expect(await idle.next('drain')).toEqual({ graceMs: 2000, reconnectAfterMs: 1000 })
  expect(await opening.ended).toMatchObject({ code: UNAVAILABLE, details: 'the node is shutting down' })
  expect(await connect().ended).toMatchObject({ code: UNAVAILABLE })
  busy.say({ credit: { maxInFlight: 50 } })
  busy.say({
    result: {
      invocationId: 'contract:txn1',
      leaseToken: Buffer.from('token1'),
      dataJson: '{}',
      outputToChain: false,
      error: undefined,
      logs: null,
      durationMs: 1,
      outputTag: undefined,
      heapJson: {},
    },
  })
  await waitFor('the result', () => prime.outcomes.length === 1)
  keep(COMMITTED)
  await drained
  expect(await busy.next('resultAck')).toMatchObject({ outputTxnId: 'output' })
  for (const client of [busy, idle])
    expect(await client.ended).toMatchObject({ code: UNAVAILABLE, details: 'the node is shutting down' })
  expect(prime.heard.filter((each) => each.startsWith('credit'))).toEqual(['credit 0', 'credit 0'])
})

test('a node that stops waits for unfinished work no longer than its grace', async () => {
  const { connect, clock, prime, sessions } = await openTestDoor()
  const client = connect()
  await client.hello()
  prime.only.deliver(delivery(1))
  let isDrained = false
  const drained = sessions.drain(2000).then(() => (isDrained = true))
  await client.next('drain')
  clock.advance(1999)
  await new Promise(setImmediate)
  expect(isDrained).toBe(false)
  clock.advance(1)
  await drained
  expect((await client.ended).code).toBe(UNAVAILABLE)
})

test('two hundred clients that come at once are all welcomed', async () => {
  const { registry, port, headers, sessions } = await openTestDoor()
  const keys = Array.from({ length: 20 }, (_, i) => {
    const { id } = registry.put({ id: `contract-${i}` })
    registry.keys.set(`key-${i}`, { keyId: `id-${i}`, contractId: id })
    return { 'x-api-key': `key-${i}`, 'x-smart-contract-id': id }
  })
  const began = performance.now()
  const clients = Array.from(
    { length: 200 },
    (_, i) => new RawClient(port.port, { ...headers, ...keys[i % 20] }),
  )
  await Promise.all(clients.map((each, i) => each.hello({ instanceId: `instance-${i}` })))
  expect(performance.now() - began).toBeLessThan(10_000)
  expect(sessions.list()).toHaveLength(200)
  expect(sessions.list('contract-0')).toHaveLength(10)
})
