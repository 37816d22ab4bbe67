import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { status } from '@grpc/grpc-js'
import { PACKAGE_ROOT } from '../../../../src/app/package-info.js'
import { afterThisTest } from '../../../support/cleanup.js'
import { waitFor } from '../../../support/wait-for.js'
import { openTestDoor } from './kit/door.js'
import { delivery } from './kit/fake-prime.js'
import { HELLO } from './kit/raw-client.js'

test('an idle stream hears a heartbeat every five seconds, with what the client said last, for ten minutes', async () => {
  const { connect, clock, sessions, told } = await openTestDoor()
  const client = connect()
  await client.hello()
  let echo = 0
  for (let beat = 0; beat < 120; beat++) {
    clock.advance(5000)
    const heard = await client.next('heartbeat')
    expect([heard.unixMs, heard.echo]).toEqual([clock.now(), echo])
    echo = clock.now() - 7
    client.say({ heartbeat: { unixMs: echo, echo: 0 } })
    await waitFor('the heartbeat', () => sessions.list()[0]?.lastHeardMs === clock.now())
  }
  expect(client.hasEnded).toBe(false)
  expect(told).toEqual(['began'])
})

test('a client of which nothing is heard for more than fifteen seconds is gone', async () => {
  const { connect, clock, prime, told } = await openTestDoor()
  const client = connect()
  await client.hello()
  clock.advance(15_000)
  expect(prime.clients.size).toBe(1)
  clock.advance(1000)
  expect(prime.heard).toEqual(['start', 'detach lost'])
  expect((await client.ended).code).toBe(status.UNAVAILABLE)
  expect(told.at(-1)).toMatch('nothing was heard of the client')
})

test('any frame is a sign of life', async () => {
  const { connect, clock, prime } = await openTestDoor()
  const client = connect()
  await client.hello()
  clock.advance(15_000)
  client.say({ credit: { maxInFlight: 2 } })
  await waitFor('the frame', () => prime.heard.includes('credit 2'))
  clock.advance(15_000)
  expect(prime.clients.size).toBe(1)
})

test('a node that stood still for a minute does not take its clients for dead', async () => {
  const { connect, clock, prime } = await openTestDoor()
  const client = connect()
  await client.hello()
  clock.advance(10_000)
  clock.sleepThrough(60_000)
  clock.advance(1000)
  expect(prime.clients.size).toBe(1)
})

/** A client in a process of its own that says Hello and then is stopped, as one whose machine sleeps. */
async function frozenClient(port: number, headers: object) {
  const path = join(PACKAGE_ROOT, 'test/contract/remote/session/fixtures/stopped-client.cjs')
  const child = fork(path, [String(port), JSON.stringify(headers)], { execArgv: [] })
  const gone = once(child, 'exit')
  afterThisTest(async () => {
    child.kill('SIGKILL')
    await gone
  })
  await once(child, 'message')
  child.kill('SIGSTOP')
  return child
}

test('a client process that is stopped is detached by the heartbeats alone, and its connection is cut', async () => {
  const { clock, prime, port, headers, sessions } = await openTestDoor()
  const child = await frozenClient(port.port, headers)
  await waitFor('its stream', () => sessions.list().length === 1)
  const messages: unknown[] = []
  child.on('message', (message) => messages.push(message))
  clock.advance(16_000)
  expect(prime.heard).toEqual(['start', 'detach lost'])
  expect(sessions.list()).toEqual([])
  clock.advance(5000)
  child.kill('SIGCONT')
  await waitFor('the client to see the end', () => messages.includes('ended'))
})

test('a client that takes nothing of what is sent to it is detached, and its connection is cut', async () => {
  const { connect, clock, prime, sessions, told } = await openTestDoor()
  const client = connect()
  await client.hello()
  client.stream.pause()
  const large = 'x'.repeat(200 * 1024)
  for (let n = 0; n < 40; n++) prime.only.deliver(delivery(n, { transactionJson: large }))
  for (let i = 0; i < 200 && sessions.list().length > 0; i++) {
    client.say({ heartbeat: { unixMs: i + 1, echo: 0 } })
    await waitFor('the heartbeat', () => sessions.list()[0]?.lastHeardMs === clock.now())
    clock.advance(1000)
  }
  expect(told.at(-1)).toBe('ended: the client does not read what it is sent')
  expect(prime.heard.at(-1)).toBe('detach lost')
  clock.advance(5000)
  client.stream.resume()
  expect((await client.ended).code).toBe(status.UNAVAILABLE)
})

test('heartbeats and environments do not pile up for a client that does not read', async () => {
  const { connect, clock, prime, registry, sessions } = await openTestDoor()
  const client = connect()
  await client.hello()
  await client.next('contractEnv')
  client.stream.pause()
  const large = 'x'.repeat(200 * 1024)
  for (let n = 0; n < 40; n++) prime.only.deliver(delivery(n, { transactionJson: large }))
  for (let i = 0; i < 30; i++) {
    registry.setEnvironment({ TZ: `zone ${i}` })
    client.say({ heartbeat: { unixMs: i + 1, echo: 0 } })
    await waitFor('the heartbeat', () => sessions.list()[0]?.lastHeardMs === clock.now())
    clock.advance(1000)
  }
  client.stream.resume()
  await waitFor('the deliveries', () => client.frames.filter((frame) => frame.delivery).length === 40)
  await client.next('heartbeat')
  clock.advance(1000)
  expect(await client.next('contractEnv')).toMatchObject({ env: { TZ: 'zone 29' } })
  expect(client.frames.filter((frame) => !frame.delivery)).toEqual([])
})

test('a stream that never said Hello is not listed, and costs its place no longer than its deadline', async () => {
  const { connect, clock, sessions } = await openTestDoor()
  const clients = Array.from({ length: 16 }, () => connect())
  await Promise.all(clients.map((each) => each.accepted))
  expect(sessions.list()).toEqual([])
  clock.advance(11_000)
  await Promise.all(clients.map((each) => each.ended))
  const late = connect()
  late.say({ hello: HELLO })
  expect(await late.next('welcome')).toBeTruthy()
})
