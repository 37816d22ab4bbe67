import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { WebSocketServer } from 'ws'
import { LogStore } from '../../src/bus/storage/log-store.js'
import { storageMethods } from '../../src/bus/storage/storage-methods.js'
import { silentLog } from '../../src/bus/log.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { FakeClock } from './support/fake-clock.js'
import { type Envelope, RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus } from './support/test-bus.js'

const negotiation = (fields: object = {}) => ({
  ProtocolVersion: '0.1',
  CompressionAlgorithm: 'zlib',
  CompressionRate: '0',
  ...fields,
})

describe('behaviour 1', () => {
  test('a negotiation that succeeds is answered with status "1", the id of its message and all three keys, as plain text', async () => {
    const { url } = await startBus()
    const client = await RawClient.open(url)
    client.send(client.message('NegotiateConnection', negotiation({ CompressionRate: '6' }), 'n-1'))
    const { MessageData } = await client.next('NegotiateConnectionResponse')
    expect(Object.keys(MessageData)).toEqual(['RequestID', 'NegotiationStatus', 'NegotiationComment'])
    expect(MessageData).toMatchObject({ RequestID: 'n-1', NegotiationStatus: '1' })
    expect(client.frames[0]?.isBinary).toBe(false)
  })
})

describe('behaviour 2', () => {
  test.each(['1.0', '2', 'x', ''])(
    'another major version (%j) is refused with status "0", and the connection closed',
    async (version) => {
      const { url } = await startBus()
      const client = await RawClient.open(url)
      client.send(client.message('NegotiateConnection', negotiation({ ProtocolVersion: version })))
      const { MessageData } = await client.next('NegotiateConnectionResponse')
      expect(MessageData['NegotiationStatus']).toBe('0')
      expect((await client.end()).code).toBe(1000)
    },
  )

  test.each([
    ['of another minor number', { MessageData: negotiation({ ProtocolVersion: '0.7' }) }],
    ['as a number', { MessageData: negotiation({ ProtocolVersion: 0.1 }) }],
    ['in the envelope', { ProtocolVersion: '0.1', MessageData: {} }],
    ['called MessageVersion', { MessageVersion: '0.2', MessageData: {} }],
    ['left out', { MessageData: {} }],
  ])('a version %s is accepted', async (_, fields) => {
    const { url } = await startBus()
    const client = await RawClient.open(url)
    client.send({ ...client.message('NegotiateConnection', {}), ...fields })
    const { MessageData } = await client.next('NegotiateConnectionResponse')
    expect(MessageData['NegotiationStatus']).toBe('1')
  })

  test('a version in the envelope counts where the data has none', async () => {
    const { url } = await startBus()
    const client = await RawClient.open(url)
    client.send({ ...client.message('NegotiateConnection', {}), ProtocolVersion: '9.0' })
    const { MessageData } = await client.next('NegotiateConnectionResponse')
    expect(MessageData['NegotiationStatus']).toBe('0')
  })
})

describe('behaviour 3', () => {
  test.each([
    [{ CompressionAlgorithm: 'lzma', CompressionRate: '3' }, '0'],
    [{ CompressionAlgorithm: 'lzma', CompressionRate: '0' }, '1'],
    [{ CompressionRate: '10' }, '0'],
    [{ CompressionRate: -1 }, '0'],
    [{ CompressionRate: 'many' }, '0'],
    [{ CompressionRate: 9 }, '1'],
    [{ CompressionRate: '9' }, '1'],
  ])('compression %j is answered with status %j', async (fields, status) => {
    const { url } = await startBus()
    const client = await RawClient.open(url)
    client.send(client.message('NegotiateConnection', negotiation(fields)))
    const { MessageData } = await client.next('NegotiateConnectionResponse')
    expect(MessageData['NegotiationStatus']).toBe(status)
  })
})

describe('behaviour 4', () => {
  test('a request before the negotiation is refused and not run, and works right after', async () => {
    const calls: unknown[] = []
    const method = aMethod('note', (params) => calls.push(params))
    const { url } = await startBus({ methods: [method] })
    const client = await RawClient.open(url)
    const early = await client.ask({ note: { when: 'early' } })
    expect(early).toMatchObject({ ResponseStatus: 7, ResponseErrorCode: 'NOT_NEGOTIATED' })
    expect(calls).toEqual([])
    client.send(client.message('NegotiateConnection', negotiation()))
    const id = client.request({ note: { when: 'late' } })
    expect((await client.response(id))['ResponseStatus']).toBe(0)
    expect(calls).toEqual([{ when: 'late' }])
  })

  test('a connection that is not negotiated in time is closed', async () => {
    const clock = new FakeClock()
    const bus = await startBus({ clock })
    const client = await RawClient.open(bus.url)
    await waitFor('the connection', () => bus.connectionCount === 1)
    clock.advance(10_000)
    expect(await client.end()).toEqual({ code: 1008, reason: 'no negotiation in time' })
  })
})

/** A manager that answers negotiations with these statuses, the last one for ever; and keeps count. */
async function aManagerSaying(...statuses: string[]): Promise<{ url: string; attempts: Envelope[] }> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const attempts: Envelope[] = []
  sockets.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Envelope
      const reply = (MessageType: string, MessageData: object): void =>
        socket.send(
          JSON.stringify({ MessageID: 'x-1', Timestamp: '0', TimeZone: '0', MessageType, MessageData }),
        )
      if (message.MessageType === 'NegotiateConnection') {
        const status = statuses[Math.min(attempts.push(message), statuses.length) - 1]
        reply('NegotiateConnectionResponse', {
          RequestID: message.MessageID,
          NegotiationStatus: status,
          NegotiationComment: '',
        })
        if (status === '0') socket.close(1000)
      } else {
        const [method = ''] = Object.keys(message.MessageData['RequestMethods'] as object)
        reply('Response', {
          RequestID: message.MessageID,
          ResponseProcessingTime: '0',
          ResponseStatus: 0,
          ResponseComment: '',
          ResponseMaxSize: '0',
          ResponseErrorCode: '',
          ResponseData: { [method]: { Dependencies: {} } },
        })
      }
    }),
  )
  afterThisTest(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, attempts }
}

describe('behaviour 5', () => {
  test('a refused negotiation is tried exactly twice more, 10 s apart, and then reported once', async () => {
    const manager = await aManagerSaying('0')
    const clock = new FakeClock()
    const errorLog = join(await temporaryFolder(), 'Error.log')
    const module = aModule(manager, { clock, errorLog })
    const outcome = module.start().catch((error: unknown) => error)
    for (const attempt of [1, 2]) {
      await waitFor('the pause', () => manager.attempts.length === attempt && clock.waiting(10_000) === 1)
      clock.advance(9_999)
      expect(manager.attempts).toHaveLength(attempt)
      clock.advance(1)
    }
    expect(await outcome).toMatchObject({ code: 'NEGOTIATION_FAILED' })
    clock.advance(60_000)
    expect(manager.attempts).toHaveLength(3)
    const lines = (await readFile(errorLog, 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]?.split('|')).toHaveLength(6)
    expect(lines[0]).toMatch(/^2023-11-14\|\d\d:\d\d:\d\d\|0\|1\|demo\|demo cannot work with the manager/)
  })

  test('a success ends the tries', async () => {
    const manager = await aManagerSaying('0', '1')
    const clock = new FakeClock()
    const module = aModule(manager, { clock })
    const started = module.start()
    await waitFor('the pause', () => manager.attempts.length === 1 && clock.waiting(10_000) === 1)
    clock.advance(10_000)
    await started
    clock.advance(60_000)
    expect(manager.attempts).toHaveLength(2)
    await module.stop()
  })
})

describe('behaviour 6', () => {
  const logFields = [
    'LogEventLevel',
    'LogSourceMessageType',
    'LogSourceMessageID',
    'LogSourceModule',
    'LogComments',
  ]

  test('each answer to a negotiation causes exactly one LogEvent with the five fields', async () => {
    const events: object[] = []
    const logEvent = aMethod('LogEvent', (params) => events.push(params))
    const bus = await startBus({ methods: [logEvent] })
    await aModule(bus).start()
    await waitFor('the event', () => events.length > 0)
    await bus.close()
    await startBus({ methods: [logEvent] }, bus.port)
    await waitFor('the second event', () => events.length > 1)
    expect(events.map((event) => Object.keys(event))).toEqual([logFields, logFields])
    expect(events[0]).toMatchObject({
      LogEventLevel: '4',
      LogSourceMessageType: 'NegotiateConnectionResponse',
      LogSourceModule: 'demo',
    })
  })

  test('events wait in a bounded queue while nobody keeps the log', async () => {
    const bus = await startBus()
    const module = aModule(bus)
    await module.start()
    for (let i = 0; i < 1_000; i++)
      module.logEvent({ level: 3, messageType: '', messageId: '', comments: `event ${i}` })
    await bus.close()
    const clock = new FakeClock()
    const store = await LogStore.open({ log: silentLog })
    await startBus({ methods: storageMethods(store, clock) }, bus.port)
    const entries = await waitFor('the last event', () => {
      const all = store.query({ limit: 1_000 })
      return all.some(({ message_type }) => message_type !== '') ? all : undefined
    })
    await waitFor('all events', () => store.query({ limit: 1_000 }).length === 256)
    expect(entries[0]?.comments).toMatch(/^event 7\d\d$/)
  })
})
