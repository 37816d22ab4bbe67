import { expect, test } from '@jest/globals'
import { status } from '@grpc/grpc-js'
import { TooManyClientsError } from '../../../../src/contract/remote/engine/leases.js'
import { waitFor } from '../../../support/wait-for.js'
import { openTestDoor } from './kit/door.js'
import { delivery } from './kit/fake-prime.js'
import { HELLO } from './kit/raw-client.js'

const { INVALID_ARGUMENT, DEADLINE_EXCEEDED, FAILED_PRECONDITION, RESOURCE_EXHAUSTED, ABORTED, UNAVAILABLE } =
  status

test('Hello is answered with Welcome, then the environment, then deliveries', async () => {
  const { connect, prime } = await openTestDoor()
  prime.kept = ['contract:txn9']
  prime.onStart = (each) => each.deliver(delivery(1))
  const client = connect()
  const held = [{ invocationId: 'contract:txn9', leaseToken: Buffer.from('t') }]
  client.say({ hello: { ...HELLO, held } })
  await waitFor('three frames', () => client.frames.length === 3)
  expect(client.frames[0]?.welcome).toEqual({
    protocol: 1,
    sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    contractName: 'invoice',
    executionOrder: 'parallel',
    leaseMs: 60_000,
    heartbeatMs: 5000,
    backlog: 7,
    grantedInFlight: 10,
    kept: ['contract:txn9'],
    features: [],
  })
  expect(client.frames[1]?.contractEnv).toEqual({
    version: 1,
    env: { TZ: 'UTC' },
    secrets: { SC_SECRET_A: 'hush' },
  })
  expect(client.frames[2]?.delivery).toMatchObject({
    invocationId: 'contract:txn1',
    seq: 1,
    attempt: 1,
    deadlineUnixMs: 1_700_000_060_000,
    envVersion: 1,
    transactionJson: '{"n":1}',
    kind: 1,
  })
  expect(prime.held).toEqual(held)
})

test('whoever says no Hello within ten seconds is sent away', async () => {
  const { connect, clock, prime } = await openTestDoor()
  const client = connect()
  await client.accepted
  clock.advance(10_000)
  await connect().hello()
  expect(client.hasEnded).toBe(false)
  clock.advance(1000)
  expect(await client.ended).toMatchObject({ code: DEADLINE_EXCEEDED, details: 'no Hello came in time' })
  expect(prime.heard).toEqual(['start'])
})

test('the first frame is Hello and nothing else', async () => {
  const { connect } = await openTestDoor()
  const refused = { code: INVALID_ARGUMENT, details: 'the first frame must be Hello' }
  const early = connect()
  early.say({ credit: { maxInFlight: 1 } })
  expect(await early.ended).toMatchObject(refused)
  const empty = connect()
  empty.say({})
  expect(await empty.ended).toMatchObject(refused)
  const mute = connect()
  mute.stream.end()
  expect(await mute.ended).toMatchObject(refused)
})

test('Hello is said once', async () => {
  const { connect, prime } = await openTestDoor()
  const client = connect()
  await client.hello()
  client.say({ hello: HELLO })
  expect(await client.ended).toMatchObject({ code: INVALID_ARGUMENT, details: 'Hello came twice' })
  expect(prime.heard).toEqual(['start', 'detach lost'])
})

test('a protocol that is not spoken here is refused with those that are', async () => {
  const { connect } = await openTestDoor()
  const client = connect()
  client.say({ hello: { ...HELLO, protocol: 2 } })
  expect(await client.ended).toMatchObject({
    code: FAILED_PRECONDITION,
    details: 'protocol 2 is not supported; supported: 1',
  })
})

test.each([
  ['no instance', { instanceId: '' }],
  ['an instance with a line break', { instanceId: 'a\nb' }],
  ['an instance of 129 characters', { instanceId: 'x'.repeat(129) }],
  ['1025 held invocations', { held: Array(1025).fill({ invocationId: 'a', leaseToken: Buffer.alloc(1) }) }],
])('a Hello with %s is refused', async (_, more) => {
  const { connect, prime } = await openTestDoor()
  const client = connect()
  client.say({ hello: { ...HELLO, ...more } })
  expect((await client.ended).code).toBe(INVALID_ARGUMENT)
  expect(prime.clients.size).toBe(0)
})

test('people see a stream as its client introduced itself, without odd characters', async () => {
  const { connect, clock, sessions, registry } = await openTestDoor()
  const client = connect()
  const { sessionId } = await client.hello({ language: `go\u001b[2J${'x'.repeat(100)}` })
  expect(sessions.list()).toEqual([
    {
      sessionId,
      contractId: registry.contract.id,
      instanceId: 'instance-1',
      language: `go?[2J${'x'.repeat(58)}`,
      templateVersion: '1.0.0',
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      keyId: 'SC_ABCDEFGHIJKL',
      sinceMs: clock.now(),
      inFlight: 0,
      maxInFlight: 10,
      lastHeardMs: clock.now(),
    },
  ])
  expect(sessions.list('another')).toEqual([])
})

test('a contract has sixteen streams; a seventeenth instance waits, one that comes back does not', async () => {
  const { connect, sessions } = await openTestDoor()
  const changes: string[] = []
  sessions.onChange((contractId) => changes.push(contractId))
  const clients = Array.from({ length: 16 }, () => connect())
  await Promise.all(clients.map((each, i) => each.hello({ instanceId: `instance-${i}` })))
  expect(changes).toHaveLength(16)
  const more = connect()
  more.say({ hello: { ...HELLO, instanceId: 'instance-16' } })
  const { code, metadata } = await more.ended
  expect(code).toBe(RESOURCE_EXHAUSTED)
  expect(metadata.get('retry-after-ms')).toEqual(['10000'])
  expect(await connect().hello({ instanceId: 'instance-3' })).toBeTruthy()
  expect(await clients[3]?.ended).toMatchObject({
    code: ABORTED,
    details: 'superseded by same instance',
  })
  expect(sessions.list()).toHaveLength(16)
})

test('no more than sixteen streams of a contract keep silent', async () => {
  const { connect } = await openTestDoor()
  const clients = Array.from({ length: 16 }, () => connect())
  await Promise.all(clients.map((each) => each.accepted))
  expect((await connect().ended).code).toBe(RESOURCE_EXHAUSTED)
  await clients[0]?.hello()
  expect(await connect().hello({ instanceId: 'another' })).toBeTruthy()
})

test('a prime that takes no more clients, or fails, ends the stream with a code that says so', async () => {
  const { connect, prime, told } = await openTestDoor()
  prime.onAttach = () => {
    throw new TooManyClientsError('there are 16')
  }
  const first = connect()
  first.say({ hello: HELLO })
  expect((await first.ended).code).toBe(RESOURCE_EXHAUSTED)
  prime.onAttach = () => {
    throw new Error('disk')
  }
  const second = connect()
  second.say({ hello: HELLO })
  expect((await second.ended).code).toBe(UNAVAILABLE)
  expect(told).toContain('fault: Error: disk')
})
