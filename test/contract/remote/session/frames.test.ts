import { connect as http2Connect } from 'node:http2'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { status } from '@grpc/grpc-js'
import type { Acknowledgement } from '../../../../src/contract/remote/prime.js'
import { AckStatus, ClientFrame } from '../../../../src/contract/wire/remote.js'
import { waitFor } from '../../../support/wait-for.js'
import { openTestDoor } from './kit/door.js'
import { COMMITTED, delivery } from './kit/fake-prime.js'
import { HELLO } from './kit/raw-client.js'

const { INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE, OK } = status

async function welcomed() {
  const door = await openTestDoor()
  const client = door.connect()
  await client.hello()
  await client.next('contractEnv')
  return { ...door, client }
}

function result(n: number, more: Partial<NonNullable<ClientFrame['result']>> = {}) {
  return {
    invocationId: `contract:txn${n}`,
    leaseToken: Buffer.from(`token${n}`),
    dataJson: '{"a":1}',
    outputToChain: true,
    error: undefined,
    logs: { stdout: 'out', stderr: 'err', truncated: false },
    durationMs: 5,
    outputTag: undefined,
    heapJson: { key: '1' },
    ...more,
  }
}

test('a result reaches the prime as it was sent, and its answer the client', async () => {
  const { client, prime } = await welcomed()
  prime.answer = () =>
    Promise.resolve({ status: AckStatus.STALE, outputTxnId: '', detail: 'another has the lease' })
  client.say({ result: result(1) })
  const { status: code, outputTxnId, ...rest } = await client.next('resultAck')
  expect([code, outputTxnId]).toEqual([AckStatus.STALE, ''])
  expect(rest).toEqual({ invocationId: 'contract:txn1', detail: 'another has the lease' })
  const [outcome] = prime.outcomes
  expect(outcome).toMatchObject({ ...result(1), leaseToken: expect.anything() })
  expect(Buffer.from(outcome?.leaseToken ?? [])).toEqual(Buffer.from('token1'))
})

test('no acknowledgement leaves before the prime has kept the result', async () => {
  const { client, prime } = await welcomed()
  let keep = (_: Acknowledgement): void => undefined
  prime.answer = () => new Promise((resolve) => (keep = resolve))
  client.say({ result: result(1) })
  await waitFor('the result', () => prime.outcomes.length === 1)
  client.say({ progress: { invocationId: 'other', leaseToken: Buffer.alloc(1), logs: null } })
  await waitFor('what came after it', () => prime.heard.includes('progress other'))
  prime.only.deliver(delivery(2))
  await client.next('delivery')
  expect(client.frames).toEqual([])
  keep(COMMITTED)
  expect(await client.next('resultAck')).toMatchObject({ status: AckStatus.COMMITTED })
})

test('a result that cannot be kept is not acknowledged: the stream ends as unavailable', async () => {
  const { client, prime, told } = await welcomed()
  prime.answer = () => Promise.reject(new Error('no space left on device'))
  client.say({ result: result(1) })
  expect(await client.ended).toMatchObject({ code: UNAVAILABLE })
  expect(client.frames).toEqual([])
  expect(prime.heard).toEqual(['start', 'detach lost'])
  expect(told).toContain('fault: Error: no space left on device')
})

test('credit, progress and the number in flight are told on', async () => {
  const { client, prime, sessions } = await welcomed()
  prime.only.deliver(delivery(1))
  prime.only.deliver(delivery(2))
  client.say({ credit: { maxInFlight: 3 } })
  client.say({ progress: { invocationId: 'contract:txn1', leaseToken: Buffer.alloc(1), logs: null } })
  await waitFor('both', () => prime.heard.length === 3)
  expect(prime.heard).toEqual(['start', 'credit 3', 'progress contract:txn1'])
  expect(sessions.list()).toMatchObject([{ inFlight: 2, maxInFlight: 3 }])
  prime.only.cancel('contract:txn2', 'the contract was deleted')
  expect(await client.next('cancel')).toEqual({
    invocationId: 'contract:txn2',
    reason: 'the contract was deleted',
  })
  client.say({ result: result(1) })
  await client.next('resultAck')
  expect(sessions.list()).toMatchObject([{ inFlight: 0 }])
})

test('a change of the environment reaches the client before the next delivery', async () => {
  const { client, prime, registry } = await welcomed()
  registry.setEnvironment({ TZ: 'CET' })
  prime.only.deliver(delivery(1))
  await waitFor('both frames', () => client.frames.length === 2)
  expect(client.frames[0]?.contractEnv).toMatchObject({ version: 2, env: { TZ: 'CET' } })
  expect(client.frames[1]?.delivery).toMatchObject({ envVersion: 2 })
})

test('a frame of a kind that is not known is passed over', async () => {
  const { client, prime } = await welcomed()
  // Field 15, a message with nothing in it.
  client.sayBytes(Buffer.from([0x7a, 0x00]))
  client.say({})
  client.say({ credit: { maxInFlight: 1 } })
  await waitFor('the frame after it', () => prime.heard.includes('credit 1'))
  expect(client.hasEnded).toBe(false)
})

test.each([
  ['a field that is cut off', Buffer.from([0x12, 0x7f, 0x01])],
  ['a wire type that does not exist', Buffer.from([0x0f])],
  ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('%s is no frame, and ends the stream', async (_, bytes) => {
  const { client, prime } = await welcomed()
  client.sayBytes(bytes)
  expect(await client.ended).toMatchObject({
    code: INVALID_ARGUMENT,
    details: 'a frame is no ClientFrame',
  })
  expect(prime.heard).toEqual(['start', 'detach lost'])
})

test('a frame of four mebibytes is taken, and a larger one ends the stream', async () => {
  const { client, prime } = await welcomed()
  const room = 4 * 1024 * 1024 - ClientFrame.encode({ result: result(1, { dataJson: '' }) }).length - 8
  client.say({ result: result(1, { dataJson: 'x'.repeat(room) }) })
  await client.next('resultAck')
  client.say({ result: result(1, { dataJson: 'x'.repeat(room + 100) }) })
  expect((await client.ended).code).toBe(RESOURCE_EXHAUSTED)
  expect(prime.outcomes).toHaveLength(1)
})

test.each([
  ['announced', (head: Buffer) => head.writeUInt32BE(5 * 1024 * 1024, 1)],
  [
    'packed',
    (head: Buffer) => {
      head.writeUInt8(1, 0)
      head.writeUInt32BE(BOMB.length, 1)
    },
  ],
])('a large frame that is merely %s ends the stream before it is there', async (what, write) => {
  const { port, headers } = await openTestDoor()
  const session = http2Connect(`http://127.0.0.1:${port.port}`)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/remote_sc.v1.RemoteContracts/Connect',
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      te: 'trailers',
      ...headers,
    })
    const ended = new Promise((resolve) =>
      stream.on('trailers', (trailers: Record<string, unknown>) => resolve(trailers['grpc-status'])),
    )
    stream.resume()
    const head = Buffer.alloc(5)
    write(head)
    stream.write(what === 'packed' ? Buffer.concat([head, BOMB]) : head)
    expect(await ended).toBe(String(RESOURCE_EXHAUSTED))
  } finally {
    session.destroy()
  }
})

const BOMB = gzipSync(Buffer.alloc(5 * 1024 * 1024))

test('a client that says goodbye gets the answers it waits for, and its end', async () => {
  const { client, prime, told } = await welcomed()
  let keep = (_: Acknowledgement): void => undefined
  prime.answer = () => new Promise((resolve) => (keep = resolve))
  client.say({ result: result(1) })
  client.say({ goodbye: { reason: 'SIGTERM' } })
  await waitFor('the pause', () => prime.heard.includes('credit 0'))
  expect(prime.clients.size).toBe(1)
  keep(COMMITTED)
  expect(await client.next('resultAck')).toMatchObject({ status: AckStatus.COMMITTED })
  expect(await client.ended).toMatchObject({ code: OK })
  expect(prime.heard).toEqual(['start', 'credit 0', 'detach goodbye'])
  expect(told).toEqual(['began', 'ended: the client left'])
})

test.each([
  [0, 'goodbye'],
  [4, 'lost'],
])('with a credit of %i the end of what a client says counts as %s', async (maxInFlight, how) => {
  const { client, prime } = await welcomed()
  client.say({ credit: { maxInFlight } })
  client.stream.end()
  expect(await client.ended).toMatchObject({ code: OK })
  expect(prime.heard.at(-1)).toBe(`detach ${how}`)
})

test('a client that is gone is detached at once', async () => {
  const { client, prime, sessions } = await welcomed()
  client.close()
  await waitFor('the detaching', () => prime.heard.includes('detach lost'))
  expect(sessions.list()).toEqual([])
})

test('a client that floods the node with results is read no faster than they are kept', async () => {
  const { client, prime } = await welcomed()
  const keep: (() => void)[] = []
  prime.answer = () => new Promise((resolve) => keep.push(() => resolve(COMMITTED)))
  for (let i = 0; i < 1000; i++) client.say({ result: result(i) })
  await waitFor('as many as are taken', () => keep.length === 256)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(keep).toHaveLength(256)
  while (prime.outcomes.length < 1000 || keep.length > 0) {
    for (const each of keep.splice(0)) each()
    await new Promise(setImmediate)
  }
  await waitFor('all answers', () => client.frames.length === 1000)
  expect(client.frames.map((frame) => frame.resultAck?.invocationId)).toEqual(
    Array.from({ length: 1000 }, (_, i) => `contract:txn${i}`),
  )
})

test('a Hello after which the contract was deleted ends the stream', async () => {
  const { connect, registry } = await openTestDoor()
  const client = connect()
  await client.accepted
  registry.delete()
  client.say({ hello: HELLO })
  expect(await client.ended).toMatchObject({ details: 'unknown smart contract' })
})
