import { readFileSync } from 'node:fs'
import { expect, describe, test } from '@jest/globals'
import { busError } from '../../src/bus/bus-error.js'
import { readMessage } from '../../src/bus/wire/read-message.js'
import type { Request } from '../../src/bus/wire/message.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, startBus } from './support/test-bus.js'

const echo = aMethod('echo', (params) => params)
const failing = aMethod('failing', () => {
  throw busError('EXECUTION_FAILED', 'it does not work')
})

describe('behaviour 8', () => {
  const frames = JSON.parse(readFileSync(new URL('captured-frames.json', import.meta.url), 'utf8')) as Record<
    'python' | 'java',
    string[]
  >

  test('the captured frames of the Python client get one correct reply each, of exactly five keys', async () => {
    const { url } = await startBus({
      methods: [aMethod('getStatus', (params) => params), aMethod('ac_transfer', (params) => params)],
    })
    const client = await RawClient.open(url)
    for (const frame of frames.python) client.send(frame)
    await client.next('Response', 2)
    const [negotiated, status, transfer] = client.messages
    expect(client.messages).toHaveLength(3)
    for (const message of client.messages) {
      expect(Object.keys(message)).toEqual([
        'MessageID',
        'Timestamp',
        'TimeZone',
        'MessageType',
        'MessageData',
      ])
    }
    expect(negotiated?.MessageData).toMatchObject({
      RequestID: '179526241833466-0',
      NegotiationStatus: '1',
    })
    expect(status?.MessageData).toMatchObject({
      RequestID: '179526241904132-1',
      ResponseStatus: 0,
      ResponseData: { getStatus: { chainId: '1' } },
    })
    expect(transfer?.MessageData).toMatchObject({
      RequestID: '179526242396373-8',
      ResponseData: { ac_transfer: { chainId: '1', inputs: '1', outputs: '1', remark: 'myremark' } },
    })
  })

  test('the captured frames of a Java module get correct replies, with no key it does not know', async () => {
    const { url } = await startBus({ methods: [aMethod('paramTestCmd', () => ({ value: 10 }))] })
    const client = await RawClient.open(url)
    for (const frame of frames.java) client.send(frame)
    const { MessageData } = await client.next('Response')
    await client.settled()
    expect(client.messages[0]?.MessageData).toMatchObject({
      RequestID: '17952630384862',
      NegotiationStatus: '1',
    })
    expect(Object.keys(MessageData)).toEqual([
      'RequestID',
      'ResponseProcessingTime',
      'ResponseStatus',
      'ResponseComment',
      'ResponseMaxSize',
      'ResponseErrorCode',
      'ResponseData',
    ])
    expect(MessageData).toMatchObject({
      RequestID: '17952630388564',
      ResponseStatus: 0,
      ResponseErrorCode: '',
      ResponseData: { paramTestCmd: { value: 10 } },
    })
    // The Unsubscribe names a request that is none of ours: no reply, no harm.
    expect(client.messages).toHaveLength(3)
  })

  test('who follows the papers can be answered with their values of success', async () => {
    const { url } = await startBus({ methods: [aMethod('getStatus', () => ({}))], statusOfPapers: true })
    const client = await RawClient.open(url)
    for (const frame of frames.python.slice(0, 2)) client.send(frame)
    const { MessageData } = await client.next('Response')
    expect(MessageData['ResponseStatus']).toBe('1')
    expect(MessageData).not.toHaveProperty('ResponseErrorCode')
  })
})

describe('behaviour 9', () => {
  test('a MessageID of 256 characters is answered, one of 257 refused, a number echoed as text', async () => {
    const { url } = await startBus({ methods: [echo] })
    const client = await RawClient.negotiated(url)
    const send = (MessageID: unknown): void =>
      client.send({ ...client.message('Request', { RequestMethods: { echo: {} } }), MessageID })
    send('a'.repeat(256))
    expect((await client.response('a'.repeat(256)))['ResponseStatus']).toBe(0)
    send('a'.repeat(257))
    expect(await client.response('a'.repeat(257))).toMatchObject({
      ResponseStatus: 7,
      ResponseComment: 'MessageID is longer than 256 characters',
    })
    send(42)
    expect((await client.response('42'))['ResponseStatus']).toBe(0)
  })

  test.each([
    ['1700000000', 1_700_000_000_000],
    [1_700_000_000_123, 1_700_000_000_123],
    ['1700000000123', 1_700_000_000_123],
    ['179526241833466', 1_795_262_418_334.66],
    ['1700000000123456', 1_700_000_000_123.456],
    ['20190102030405', Date.UTC(2019, 0, 2, 3, 4, 5)],
    ['today', undefined],
    [null, undefined],
    [{ seconds: 1 }, undefined],
  ])('the Timestamp %j is read as %j and never refused', (timestamp, expected) => {
    const message = readMessage({
      MessageID: '1',
      Timestamp: timestamp,
      TimeZone: '+8',
      MessageType: 'Ack',
      MessageData: {},
    })
    expect(message).toMatchObject({ type: 'Ack', timestampMs: expected })
  })

  test.each(['-8', '9', '+8', -12, 99, null])('the TimeZone %j does not break a message', (zone) => {
    expect(
      readMessage({ MessageID: '1', TimeZone: zone, MessageType: 'Ack', MessageData: {} }),
    ).toMatchObject({ type: 'Ack' })
  })
})

describe('behaviour 10', () => {
  test('RequestMethods may be a map or a list of maps, and params may be null', async () => {
    const { url } = await startBus({ methods: [echo, aMethod('other', () => ({ other: true }))] })
    const client = await RawClient.negotiated(url)
    const both = { echo: { a: 1 }, other: { other: true } }
    expect((await client.ask({ echo: { a: 1 }, other: null }))['ResponseData']).toEqual(both)
    expect((await client.ask([{ echo: { a: 1 } }, { other: null }]))['ResponseData']).toEqual(both)
    expect((await client.ask({ echo: null }))['ResponseData']).toEqual({ echo: {} })
  })

  test.each([[{}], [[]], [null], [undefined]])('a request of %j methods fails', async (methods) => {
    const { url } = await startBus()
    const client = await RawClient.negotiated(url)
    expect(await client.ask(methods)).toMatchObject({ ResponseStatus: 6, ResponseErrorCode: 'NO_METHODS' })
  })

  test.each([['text'], [[1]], [{ echo: 'text' }]])('RequestMethods %j is refused', async (methods) => {
    const { url } = await startBus({ methods: [echo] })
    const client = await RawClient.negotiated(url)
    expect(await client.ask(methods)).toMatchObject({ ResponseStatus: 7, ResponseErrorCode: 'BAD_MESSAGE' })
  })
})

describe('behaviour 11', () => {
  test.each([
    [{ RequestAck: '0' }, ['Response']],
    [{ RequestAck: 0 }, ['Response']],
    [{ RequestAck: false }, ['Response']],
    [{ RequestAck: '1' }, ['Ack', 'Response']],
    [{ RequestAck: 1 }, ['Ack', 'Response']],
    [{ RequestAck: true }, ['Ack', 'Response']],
    [{ RequestType: '1' }, ['Response']],
    [{ RequestType: 2 }, ['Ack', 'Response']],
    [{ RequestType: '3' }, ['Ack']],
    [{ RequestType: '4' }, []],
    [{ RequestType: '1', RequestAck: '1' }, ['Ack', 'Response']],
    [{ RequestType: '4', RequestAck: '1' }, []],
  ])('%j is answered with %j, an Ack once and first', async (fields, types) => {
    let calls = 0
    const { url } = await startBus({ methods: [aMethod('count', () => ({ calls: ++calls }))] })
    const client = await RawClient.negotiated(url)
    client.request({ count: {} }, fields)
    await client.settled()
    expect(calls).toBe(1)
    expect(client.messages.slice(1, -1).map(({ MessageType }) => MessageType)).toEqual(types)
  })

  test('a RequestOnly runs and yields nothing', async () => {
    let calls = 0
    const { url } = await startBus({ methods: [aMethod('count', () => ++calls), failing] })
    const client = await RawClient.negotiated(url)
    client.send(
      client.message('RequestOnly', { RequestAck: '1', RequestMethods: { count: {}, failing: {} } }),
    )
    await client.settled()
    expect(calls).toBe(1)
    expect(client.messages).toHaveLength(2)
  })
})

describe('behaviour 12', () => {
  test('two methods run in order and are answered in one Response', async () => {
    const order: string[] = []
    const slow = aMethod('z', async () => {
      await new Promise(setImmediate)
      order.push('z')
      return { z: 1 }
    })
    const quick = aMethod('a', () => {
      order.push('a')
      return { a: 1 }
    })
    const { url } = await startBus({ methods: [slow, quick] })
    const client = await RawClient.negotiated(url)
    const id = client.request({ z: {}, a: {} })
    expect((await client.response(id))['ResponseData']).toEqual({ z: { z: 1 }, a: { a: 1 } })
    await client.settled()
    expect(order).toEqual(['z', 'a'])
    expect(client.responses(id)).toHaveLength(1)
  })

  test('one that fails makes the whole Response a failure, with the results of the others', async () => {
    const { url } = await startBus({ methods: [failing, echo] })
    const client = await RawClient.negotiated(url)
    expect(await client.ask({ failing: {}, echo: { a: 1 } })).toMatchObject({
      ResponseStatus: 1,
      ResponseErrorCode: 'EXECUTION_FAILED',
      ResponseComment: 'it does not work',
      ResponseData: { echo: { a: 1 } },
    })
  })
})

test('the misspelt name of the negotiation answer in the papers is understood, and so is RequestId in an Ack', () => {
  expect(
    readMessage({
      MessageID: '1',
      MessageType: 'NegotiateConnectionReponse',
      MessageData: { NegotiationStatus: 1 },
    }),
  ).toMatchObject({ type: 'NegotiateConnectionResponse', isAccepted: true, requestId: undefined })
  expect(readMessage({ MessageID: '1', MessageType: 'Ack', MessageData: { RequestId: '7' } })).toMatchObject({
    type: 'Ack',
    requestId: '7',
  })
})

test('the fields that Java modules leave null count as not given', () => {
  const request = readMessage({
    MessageID: '1',
    MessageType: 'Request',
    MessageData: {
      TimeOut: null,
      SubscriptionRange: null,
      ResponseMaxSize: null,
      RequestMethods: { a: null },
    },
  }) as Request
  expect(request).toMatchObject({ timeoutMs: 0, maxObjects: 0, calls: [{ method: 'a', params: {} }] })
})

test('ResponseMaxSize cuts a list, or the one list of an object, and nothing else', async () => {
  const results: Record<string, unknown> = {
    list: [1, 2, 3],
    one: { count: 3, list: [1, 2, 3] },
    two: { a: [1, 2, 3], b: [1, 2, 3] },
  }
  const { url } = await startBus({
    methods: Object.entries(results).map(([name, result]) => aMethod(name, () => result)),
  })
  const client = await RawClient.negotiated(url)
  const answer = await client.ask({ list: {}, one: {}, two: {} }, { ResponseMaxSize: '2' })
  expect(answer).toMatchObject({
    ResponseMaxSize: '2',
    ResponseData: { list: [1, 2], one: { count: 3, list: [1, 2] }, two: results['two'] },
  })
})
