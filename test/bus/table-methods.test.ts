import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { Type as T } from '@sinclair/typebox'
import { dispatcher } from '../../src/api/dispatch.js'
import { fail } from '../../src/api/errors.js'
import { type AnyMethod, methods, type MethodTable } from '../../src/api/method.js'
import { nodeApi } from '../../src/api/node-api.js'
import { routeOf } from '../../src/api/openapi.js'
import { attachBus } from '../../src/bus/attach-bus.js'
import { EventFeed } from '../../src/bus/events/event-feed.js'
import { silentLog } from '../../src/bus/log.js'
import { tableMethods } from '../../src/bus/table-methods.js'
import { restApp } from '../../src/rest/rest-app.js'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { RawClient } from './support/raw-client.js'
import { aModule, startBus } from './support/test-bus.js'

const access = { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] }
const table: MethodTable = nodeApi

/** The same operations behind both doors, on one port. */
async function bothDoors(own: MethodTable<object>) {
  const dispatch = dispatcher(own, {})
  const app = restApp({
    table: own,
    dispatch,
    access,
    version: '0',
    maxBodyBytes: 1_000_000,
    requestsPerSecond: 0,
    chainId: () => '',
    homePage: () => '',
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
    onAnswer: () => undefined,
    onInternalError: () => undefined,
  })
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const feed = new EventFeed('test')
  const bus = attachBus(server, {
    methods: tableMethods(own, dispatch, feed),
    name: 'node',
    place: { ip: '127.0.0.1', port },
    access,
    log: silentLog,
  })
  afterThisTest(async () => {
    await bus.close()
    server.closeAllConnections()
    server.close()
  })
  const client = await RawClient.negotiated(`ws://127.0.0.1:${port}`)
  const overRest = async (method: AnyMethod, params: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const { verb, path, pathParams } = routeOf(method) ?? { verb: 'GET', path: '/', pathParams: [] }
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(params[name])),
    )
    const rest = Object.entries(params).filter(([name]) => !pathParams.includes(name))
    const query = rest.map(([name, value]): [string, string] => [name, String(value)])
    const init =
      verb === 'GET'
        ? {}
        : {
            method: verb,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(Object.fromEntries(rest)),
          }
    const search = verb === 'GET' && query.length > 0 ? `?${new URLSearchParams(query).toString()}` : ''
    return (await fetch(`http://127.0.0.1:${port}${filled}${search}`, init)).json()
  }
  const overBus = async (name: string, params: object): Promise<unknown> => {
    const { ResponseData } = await client.ask({ [name]: params })
    return (ResponseData as Record<string, unknown>)[name]
  }
  return { overRest, overBus, feed }
}

/** The table with handlers that say what reached them, and give the example. */
function recorded(given: { name: string; params: unknown }[]): MethodTable<object> {
  return Object.fromEntries(
    Object.entries(table).map(([name, method]) => [
      name,
      {
        ...method,
        handle: (params: unknown) => {
          given.push({ name, params })
          return method.example.result
        },
      },
    ]),
  )
}

describe('parity', () => {
  const bound = Object.entries(table).filter(([, { http }]) => http !== undefined)

  test.each(bound)(
    'the example of %s reaches its handler alike, and is answered alike, over both doors',
    async (name, method) => {
      const given: { name: string; params: unknown }[] = []
      const { overRest, overBus } = await bothDoors(recorded(given))
      const params = method.example.params as Readonly<Record<string, unknown>>
      const [rest, bus] = [await overRest(method, params), await overBus(name, params)]
      expect(rest).toEqual(JSON.parse(JSON.stringify(method.example.result)))
      expect(bus).toEqual(rest)
      expect(given).toEqual([
        { name, params },
        { name, params },
      ])
    },
  )

  // Where the rules of the chain judge the params, or they travel in the body of GET, refusals are tested on their own.
  const judged = bound.filter(([, { paramsShape, getWithBody }]) => !paramsShape && !getWithBody)

  test.each(judged)('params that %s refuses are refused with the same error', async (name, method) => {
    const { overRest, overBus } = await bothDoors(recorded([]))
    const params = { ...(method.example.params as object), no_such_key: 'x' }
    const rest = await overRest(method, params)
    expect(rest).toMatchObject({ error: { code: 'INVALID_PARAMS' } })
    expect(await overBus(name, params)).toEqual(rest)
  })

  test('every method of the table is listed on the bus', async () => {
    const { overBus } = await bothDoors(recorded([]))
    const listed = Object.keys((await overBus('ListAPI', {})) as object)
    expect(listed).toEqual(expect.arrayContaining(Object.keys(table)))
  })
})

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
    feed.emit(topic, { 'chain.height': () => ({ height }) })
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
