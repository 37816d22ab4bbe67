import { setTimeout as delay } from 'node:timers/promises'
import { createConnection } from 'node:net'
import { once } from 'node:events'
import { type IncomingMessage, request as httpRequest } from 'node:http'
import { deflateSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../../src/base/json.js'
import { readMessage } from '../../src/bus/wire/read-message.js'
import { MESSAGE_TYPES } from '../../src/bus/wire/message.js'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { FakeClock } from './support/fake-clock.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, startBus } from './support/test-bus.js'

const echo = aMethod('echo', (params) => params)
const TOKEN = { isLoopbackBind: true, adminToken: 'a-secret-of-tests', allowedHosts: [] }

/** A log that keeps what it is told. */
function keptLog() {
  const lines: { details: object; text: string }[] = []
  const keep = (details: object, text: string): void => void lines.push({ details, text })
  return { lines, log: { debug: keep, info: keep, warn: keep, error: keep } }
}

describe('behaviour 20: junk never harms the server', () => {
  test.each<[string, string | Buffer]>([
    ['text that is no JSON', 'hello'],
    ['an empty frame', ''],
    ['half a message', '{"MessageID":"1","MessageType":'],
    ['a list', '[1,2,3]'],
    ['a number', '42'],
    ['a key twice', '{"MessageID":"1","MessageID":"2","MessageType":"Ack","MessageData":{}}'],
    ['deep nesting', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['binary junk', Buffer.from([1, 2, 3, 255, 254])],
    ['binary that starts like zlib', Buffer.from([0x78, 0x9c, 1, 2, 3])],
    ['an empty binary frame', Buffer.alloc(0)],
    ['zlib of junk', deflateSync('junk')],
    ['no MessageID', '{"MessageType":"Request","MessageData":{}}'],
  ])('%s is dropped with a line in the log, and the connection goes on', async (_, frame) => {
    const { lines, log } = keptLog()
    const { url } = await startBus({ methods: [echo], log })
    const client = await RawClient.negotiated(url)
    client.socket.send(frame)
    expect(await client.ask({ echo: { still: 'here' } })).toMatchObject({ ResponseStatus: 0 })
    expect(lines.filter(({ text }) => text === 'dropped a message')).toHaveLength(1)
  })

  test.each([
    ['an unknown type', { MessageType: 'Riddle', MessageData: {} }],
    ['no type', { MessageData: {} }],
    ['no data', { MessageType: 'Request' }],
    ['data that is no object', { MessageType: 'Request', MessageData: 'x' }],
    [
      'a counter below 0',
      { MessageType: 'Request', MessageData: { SubscriptionEventCounter: -1, RequestMethods: {} } },
    ],
    ['a counter that is text', { MessageType: 'Request', MessageData: { SubscriptionPeriod: 'often' } }],
    [
      'too many methods',
      {
        MessageType: 'Request',
        MessageData: {
          RequestMethods: Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`m${i}`, {}])),
        },
      },
    ],
  ])('%s is answered with a failure where there is an id', async (_, message) => {
    const { url } = await startBus()
    const client = await RawClient.negotiated(url)
    client.send({ MessageID: 'odd', ...message })
    expect(await client.response('odd')).toMatchObject({
      ResponseStatus: 7,
      ResponseErrorCode: 'BAD_MESSAGE',
      RequestID: 'odd',
    })
  })

  test('any JSON at all is read as a message or refused, and never breaks the reader', () => {
    const types = fc.constantFrom(...MESSAGE_TYPES, 'NegotiateConnectionReponse', 'x')
    const envelope = fc.record(
      {
        MessageID: fc.jsonValue(),
        Timestamp: fc.jsonValue(),
        MessageType: types,
        MessageData: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    const keys = fc.constantFrom(
      'RequestMethods',
      'RequestID',
      'ResponseData',
      'CompoundMethods',
      'UnsubscribeMethods',
    )
    const likely = fc
      .tuple(types, fc.dictionary(keys, fc.jsonValue()))
      .map(([MessageType, MessageData]) => ({ MessageID: '1', MessageType, MessageData }))
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), envelope, likely), (json) => {
        expect([...MESSAGE_TYPES, 'Unreadable']).toContain(readMessage(json as Json).type)
      }),
    )
  })

  test('a parameter called __proto__ stays a parameter', async () => {
    const { url } = await startBus({ methods: [echo] })
    const client = await RawClient.negotiated(url)
    client.send(
      '{"MessageID":"p","MessageType":"Request","MessageData":{"RequestMethods":{"echo":{"__proto__":{"admin":1}},"__proto__":{}}}}',
    )
    expect(await client.response('p')).toMatchObject({ ResponseStatus: 2 })
    expect(({} as { admin?: number }).admin).toBeUndefined()
  })

  test('a frame above the limit ends the connection of its sender, and of nobody else', async () => {
    const { url } = await startBus({ methods: [echo], limits: { maxMessageBytes: 10_000 } })
    const [bad, good] = [await RawClient.negotiated(url), await RawClient.negotiated(url)]
    bad.request({ echo: { long: 'x'.repeat(20_000) } })
    expect((await bad.end()).code).toBe(1009)
    expect(await good.ask({ echo: {} })).toMatchObject({ ResponseStatus: 0 })
  })
})

describe('whoever costs too much', () => {
  test('a flood of a stranger is answered with TOO_MANY_REQUESTS, and in the end cut off', async () => {
    const clock = new FakeClock()
    const { url } = await startBus({
      methods: [echo],
      access: TOKEN,
      clock,
      limits: { messagesPerSecond: 10 },
    })
    const client = await RawClient.negotiated(url)
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.ask({ echo: {} })))
    const codes = answers.map((answer) => answer['ResponseErrorCode'])
    expect(codes).toEqual([
      ...Array.from({ length: 9 }, () => ''),
      ...Array.from({ length: 11 }, () => 'TOO_MANY_REQUESTS'),
    ])
    clock.advance(1_000)
    expect(await client.ask({ echo: {} })).toMatchObject({ ResponseStatus: 0 })
    for (let i = 0; i < 200; i++) client.request({ echo: {} })
    await waitFor('the closing', () => client.socket.readyState !== client.socket.OPEN)
    clock.advance(5_000)
    expect(await client.end()).toEqual({ code: 1008, reason: 'sends too much' })
  })

  test('the subscriptions of a stranger are bounded', async () => {
    const { url } = await startBus({ methods: [echo], access: TOKEN, limits: { maxSubscriptions: 3 } })
    const client = await RawClient.negotiated(url)
    const subscribe = () => client.ask({ echo: {} }, { SubscriptionEventCounter: '1' })
    for (let i = 0; i < 3; i++) expect(await subscribe()).toMatchObject({ ResponseStatus: 0 })
    expect(await subscribe()).toMatchObject({ ResponseErrorCode: 'TOO_MANY_REQUESTS' })
    client.send(client.message('Unsubscribe', { UnsubscribeMethods: ['echo'] }))
    expect(await subscribe()).toMatchObject({ ResponseStatus: 0 })
  })

  test('requests under way are bounded, and one that comes twice runs once', async () => {
    let calls = 0
    const never = aMethod('never', () => {
      calls += 1
      return new Promise(() => undefined)
    })
    const { url } = await startBus({ methods: [never], limits: { maxRunning: 2 } })
    const client = await RawClient.negotiated(url)
    const first = client.message('Request', { RequestMethods: { never: {} } }, 'same')
    client.send(first)
    client.send(first)
    client.request({ never: {} })
    expect(await client.ask({ never: {} })).toMatchObject({ ResponseErrorCode: 'TOO_MANY_REQUESTS' })
    expect(calls).toBe(2)
  })

  test('a subscriber that does not read is cut off with a reason, and memory stays bounded', async () => {
    const { lines, log } = keptLog()
    const big = { text: 'x'.repeat(1_000_000) }
    const method = aMethod('big', () => big)
    const bus = await startBus({ methods: [method], log, limits: { maxBufferedBytes: 5_000_000 } })
    const client = await RawClient.negotiated(bus.url)
    client.request({ big: {} }, { SubscriptionEventCounter: '1' })
    await waitFor('the subscription', () => method.watcherCount === 1)
    client.socket.pause()
    let fired = 0
    while (bus.connectionCount > 0 && fired < 500) {
      method.fire()
      fired += 1
      await delay(1)
      if (lines.some(({ text }) => text === 'a peer of the bus was cut off')) break
    }
    expect(lines.filter(({ text }) => text === 'a peer of the bus was cut off')[0]?.details).toMatchObject({
      reason: 'reads too slowly',
    })
    expect(fired).toBeLessThan(100)
    await waitFor('its end', () => bus.connectionCount === 0, 10_000)
    expect(method.watcherCount).toBe(0)
  })

  test('events faster than their answers end the subscription with a reason', async () => {
    const method = aMethod('slow', () => new Promise(() => undefined))
    const { url } = await startBus({ methods: [method], limits: { maxQueuedFirings: 10 } })
    const client = await RawClient.negotiated(url)
    const id = client.request({ slow: {} }, { SubscriptionEventCounter: '1' })
    await waitFor('the subscription', () => method.watcherCount === 1)
    for (let i = 0; i < 20; i++) method.fire()
    expect(await client.response(id)).toMatchObject({ ResponseErrorCode: 'TOO_MANY_REQUESTS' })
    expect(method.watcherCount).toBe(0)
  })

  test('more connections than there is room for are refused before they are opened', async () => {
    const { url } = await startBus({ maxConnections: 1 })
    await RawClient.negotiated(url)
    await expect(RawClient.open(url)).rejects.toThrow('503')
  })
})

describe('half-open connections', () => {
  test('a peer that answered a ping once and then no more is cut; one that never did is left alone', async () => {
    const clock = new FakeClock()
    const bus = await startBus({ clock })
    const java = await RawClient.open(bus.url, { autoPong: false })
    const client = await RawClient.negotiated(bus.url)
    java.send(java.message('NegotiateConnection', {}))
    await java.next('NegotiateConnectionResponse')
    const pinged = once(client.socket, 'ping')
    clock.advance(30_000)
    await pinged
    await client.settled()
    const answering = client.socket as unknown as { _autoPong: boolean }
    answering._autoPong = false
    for (let i = 0; i < 4; i++) {
      clock.advance(30_000)
      await java.settled()
    }
    expect((await client.end()).code).toBe(1006)
    expect(java.closed).toBeUndefined()
  })
})

describe('strangers from the web', () => {
  test.each([
    ['http://evil.example', 403],
    ['null', 403],
  ])('a page of %s cannot open the bus: %d', async (origin, status) => {
    const { url } = await startBus()
    await expect(RawClient.open(url, { headers: { origin } })).rejects.toThrow(String(status))
  })

  test('a name that points here by rebinding cannot either, and is told why as JSON', async () => {
    const { port } = await startBus()
    const headers = {
      host: 'evil.example',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    }
    const request = httpRequest({ host: '127.0.0.1', port, headers }).end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    let body = ''
    for await (const chunk of response) body += String(chunk)
    expect(response.statusCode).toBe(403)
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'FORBIDDEN_ORIGIN' } })
  })

  test('the own page may', async () => {
    const { url, port } = await startBus()
    const client = await RawClient.open(url, { headers: { origin: `http://127.0.0.1:${port}` } })
    expect(client.closed).toBeUndefined()
  })

  test('an upgrade that breaks off in the middle does no harm', async () => {
    const { port, url } = await startBus()
    const socket = createConnection(port, '127.0.0.1')
    afterThisTest(() => socket.destroy())
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n')
    socket.destroy()
    expect(await (await RawClient.negotiated(url)).ask({})).toMatchObject({ ResponseStatus: 6 })
  })
})
