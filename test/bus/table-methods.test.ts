import { describe, expect, test } from '@jest/globals'
import { Type as T } from '@sinclair/typebox'
import { dispatcher } from '../../src/api/dispatch.js'
import { ItemStream } from '../../src/api/item-stream.js'
import { fail } from '../../src/api/errors.js'
import { methods, type MethodTable } from '../../src/api/method.js'
import { EventFeed } from '../../src/bus/events/event-feed.js'
import { withParams } from '../../src/bus/host/fixed-params.js'
import { eventMethods } from '../../src/bus/events/event-methods.js'
import { tableMethods } from '../../src/bus/table-methods.js'
import { waitFor } from '../support/wait-for.js'
import { RawClient } from './support/raw-client.js'
import { aModule, startBus } from './support/test-bus.js'

const method = methods<{ chain: { height: number } }>()
const chainTable = {
  'chain.height': method({
    summary: 'Height',
    params: T.Object({}, { additionalProperties: false }),
    result: T.Object({ height: T.Integer() }),
    changesWith: ['blockchain.changed'],
    example: { params: {}, result: { height: 0 } },
    handle: (_, { chain }) => ({ height: chain.height }),
  }),
  'chain.fail': method({
    summary: 'Fails',
    params: T.Object({}),
    result: T.Object({}),
    example: { params: {}, result: {} },
    handle: () => fail('NODE_NOT_FOUND', 'no such node', { nid: 7 }),
  }),
}

async function aChainBus(feed: EventFeed, port = 0) {
  const chain = { height: 0 }
  const dispatch = dispatcher(chainTable, { chain })
  const bus = await startBus({ methods: tableMethods(chainTable, dispatch, feed) }, port)
  const grow = (topic = 'blockchain.changed'): void => {
    chain.height += 1
    const { height } = chain
    feed.emit(topic, { height }, { 'chain.height': () => ({ height }) })
  }
  return { bus, grow, chain }
}

const heights = (responses: Record<string, unknown>[]): unknown[] =>
  responses.map(
    (data) => (data['ResponseData'] as { 'chain.height': { height: number } })['chain.height'].height,
  )

describe('events of the node', () => {
  test('each event is answered with what it brought, also when several come at once', async () => {
    const { bus, grow } = await aChainBus(new EventFeed('a'))
    const client = await RawClient.negotiated(bus.url)
    const id = client.request({ 'chain.height': {} }, { SubscriptionEventCounter: '1' })
    await client.response(id)
    for (let i = 0; i < 5; i++) grow()
    await waitFor('all answers', () => client.responses(id).length === 6)
    expect(heights(client.responses(id))).toEqual([0, 1, 2, 3, 4, 5])
    expect(client.responses(id).every((data) => !('SubscriptionEvent' in data))).toBe(true)
  })

  test('a method under another name, with parameters given, is called and followed like its original', async () => {
    const feed = new EventFeed('a')
    const dispatch = dispatcher(chainTable, { chain: { height: 4 } })
    const [original] = tableMethods(chainTable, dispatch, feed)
    if (!original) throw new Error('no method')
    const { url } = await startBus({ methods: [withParams(original, 'chain.last', 'The same', {})] })
    const client = await RawClient.negotiated(url)
    const id = client.request({ 'chain.last': {} }, { SubscriptionEventCounter: '1' })
    await client.response(id)
    feed.emit('blockchain.changed', {}, { 'chain.height': () => ({ height: 5 }) })
    await waitFor('the event', () => client.responses(id).length === 2)
    expect(client.responses(id).map((data) => data['ResponseData'])).toEqual(
      [4, 5].map((height) => ({ 'chain.last': { height } })),
    )
  })

  test('an event of another topic is none of its events', async () => {
    const { bus, grow } = await aChainBus(new EventFeed('a'))
    const client = await RawClient.negotiated(bus.url)
    const id = client.request({ 'chain.height': {} }, { SubscriptionEventCounter: '1' })
    await client.response(id)
    grow('nodes.changed')
    grow()
    await waitFor('the answer', () => client.responses(id).length === 2)
    expect(heights(client.responses(id))).toEqual([0, 2])
  })

  test('a method that names no topics offers no event subscription, and its error is that of the REST door', async () => {
    const { bus } = await aChainBus(new EventFeed('a'))
    const client = await RawClient.negotiated(bus.url)
    expect(await client.ask({ 'chain.fail': {} }, { SubscriptionEventCounter: '1' })).toMatchObject({
      ResponseErrorCode: 'SUBSCRIPTION_REFUSED',
    })
    expect(await client.ask({ 'chain.fail': {} })).toMatchObject({
      ResponseStatus: 1,
      ResponseErrorCode: 'NODE_NOT_FOUND',
      ResponseComment: 'no such node',
      ResponseData: {
        'chain.fail': { error: { code: 'NODE_NOT_FOUND', message: 'no such node', details: { nid: 7 } } },
      },
    })
  })

  test('a subscriber that names the last event it saw gets what it missed', async () => {
    const { bus, grow } = await aChainBus(new EventFeed('a'))
    const client = await RawClient.negotiated(bus.url)
    for (let i = 0; i < 6; i++) grow(i === 3 ? 'nodes.changed' : 'blockchain.changed')
    const id = client.request(
      { 'chain.height': {} },
      { SubscriptionEventCounter: '1', SubscriptionLastEvent: 'a-2' },
    )
    await waitFor('what was missed', () => client.responses(id).length === 3)
    grow()
    await waitFor('what came', () => client.responses(id).length === 4)
    expect(heights(client.responses(id))).toEqual([3, 5, 6, 7])
    expect(client.responses(id).map((data) => data['SubscriptionEvent'])).toEqual([
      'a-3',
      'a-5',
      'a-6',
      'a-7',
    ])
  })

  test.each([
    ['of events no longer known', 'a-1'],
    ['of another feed', 'b-5'],
    ['that never was', 'a-99'],
    ['that is junk', 'x'],
  ])('an id %s is answered with the state of things, and that events were missed', async (_, last) => {
    const { bus, grow } = await aChainBus(new EventFeed('a', 3))
    for (let i = 0; i < 6; i++) grow()
    const client = await RawClient.negotiated(bus.url)
    const id = client.request(
      { 'chain.height': {} },
      { SubscriptionEventCounter: '1', SubscriptionLastEvent: last },
    )
    expect(await client.response(id)).toMatchObject({
      SubscriptionMissed: '1',
      SubscriptionEvent: 'a-6',
      ResponseData: { 'chain.height': { height: 6 } },
    })
  })

  test('a module that lost its connection goes on after the last event it saw', async () => {
    const feed = new EventFeed('a')
    const first = await aChainBus(feed)
    const module = aModule(first.bus)
    await module.start()
    const updates = module.subscribe('chain.height')
    expect((await updates.next()).value).toEqual({ value: { height: 0 }, event: 'a-0', missedEvents: false })
    await first.bus.close()
    for (let i = 0; i < 3; i++) first.grow()
    await aChainBus(feed, first.bus.port)
    for (const height of [1, 2, 3])
      expect((await updates.next()).value).toEqual({
        value: { height },
        event: `a-${height}`,
        missedEvents: false,
      })
  })

  test('subscribers that are alike share one answer to an event', async () => {
    let calls = 0
    const feed = new EventFeed('a')
    const dispatch = dispatcher(chainTable, {
      chain: {
        get height() {
          return ++calls
        },
      },
    })
    const bus = await startBus({ methods: tableMethods(chainTable, dispatch, feed) })
    const client = await RawClient.negotiated(bus.url)
    const ids = Array.from({ length: 50 }, () =>
      client.request({ 'chain.height': {} }, { SubscriptionEventCounter: '1' }),
    )
    await Promise.all(ids.map((id) => client.response(id)))
    expect(calls).toBe(50)
    feed.emit('blockchain.changed')
    await waitFor('all answers', () => ids.every((id) => client.responses(id).length === 2))
    expect(calls).toBe(51)
  })
})

describe('the events themselves', () => {
  test('each topic is a method: its latest payload, and every one that comes, in order', async () => {
    const feed = new EventFeed('a')
    const { url } = await startBus({
      methods: eventMethods(feed, { 'chain.tip': 'The chain ends elsewhere.' }),
    })
    const client = await RawClient.negotiated(url)
    const payloads = (id: string): unknown[] =>
      client
        .responses(id)
        .map((data) => (data['ResponseData'] as Record<string, unknown>)['events.chain.tip'])
    const id = client.request({ 'events.chain.tip': {} }, { SubscriptionEventCounter: '1' })
    await client.response(id)
    for (const height of [1, 2, 3]) feed.emit('chain.tip', { height })
    feed.emit('nodes.changed', {})
    await waitFor('all events', () => client.responses(id).length === 4)
    expect(payloads(id)).toEqual([null, { height: 1 }, { height: 2 }, { height: 3 }])
    const again = client.request(
      { 'events.chain.tip': {} },
      { SubscriptionEventCounter: '1', SubscriptionLastEvent: 'a-1' },
    )
    await waitFor('what was missed', () => client.responses(again).length === 2)
    expect(payloads(again)).toEqual([{ height: 2 }, { height: 3 }])
  })
})

describe('long lists', () => {
  const listing = (items: number, length: number): MethodTable<object> => ({
    'long.list': {
      summary: 'A list',
      params: T.Object({}),
      result: T.Array(T.String()),
      streams: true,
      example: { params: {}, result: [] },
      handle: () =>
        new ItemStream(
          (async function* () {
            for (let i = 0; i < items; i++) yield await Promise.resolve('x'.repeat(length))
          })(),
        ),
    },
  })

  test.each([
    [3, 10, 0],
    [100_000, 1_000, 1],
  ])(
    'a list of %d items of %d characters, sent as they come elsewhere, ends with status %d',
    async (items, length, status) => {
      const own = listing(items, length)
      const { url } = await startBus({ methods: tableMethods(own, dispatcher(own, {}), new EventFeed('a')) })
      const client = await RawClient.negotiated(url)
      const answer = await client.ask({ 'long.list': {} })
      expect(answer).toMatchObject({ ResponseStatus: status })
      if (status === 0)
        expect(answer['ResponseData']).toEqual({ 'long.list': Array(items).fill('x'.repeat(length)) })
    },
  )
})
