import { describe, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.js'
import { FakeClock } from './support/fake-clock.js'
import { type Envelope, RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus, type TestBus } from './support/test-bus.js'

const method = (name: string, more: object = {}) => ({
  MethodName: name,
  MethodDescription: '',
  MethodMinEvent: '0',
  MethodMinPeriod: '0',
  MethodScope: 'public',
  Parameters: [],
  ...more,
})

const registration = (name: string, more: object = {}) => ({
  Abbreviation: name,
  ModuleName: name,
  ModuleDomain: 'Nuls',
  ModuleVersion: '1.0',
  ModuleRoles: { [`Role_${name}`]: ['0.1', '0.2'] },
  Dependencies: {},
  ConnectionInformation: { IP: '127.0.0.1', Port: '18889' },
  Methods: [],
  ...more,
})

/** A module of another maker: registers, and answers every request with this. */
async function aForeignModule(
  bus: TestBus,
  params: object,
  answer: (methods: Record<string, unknown>) => object = () => ({}),
): Promise<RawClient & { answerOf: Record<string, unknown> }> {
  const client = await RawClient.negotiated(bus.url)
  client.socket.on('message', (data: Buffer) => {
    const { MessageType, MessageID, MessageData } = JSON.parse(data.toString()) as Envelope
    if (MessageType !== 'Request') return
    const fields = answer(MessageData['RequestMethods'] as Record<string, unknown>)
    client.send(client.message('Response', { RequestID: MessageID, ...success, ...fields }))
  })
  return Object.assign(client, { answerOf: await client.ask({ RegisterAPI: params }) })
}

const success = {
  ResponseProcessingTime: '1',
  ResponseStatus: 0,
  ResponseComment: '',
  ResponseMaxSize: '0',
  ResponseErrorCode: '',
  ResponseData: {},
}

describe('behaviour 20', () => {
  test('a registration is answered with Dependencies, also when there are none', async () => {
    const bus = await startBus()
    const provider = await aForeignModule(bus, registration('Storage'))
    expect(provider.answerOf).toMatchObject({
      ResponseStatus: 0,
      ResponseData: { RegisterAPI: { Dependencies: {} } },
    })
    const dependant = await aForeignModule(
      bus,
      registration('demo', { Dependencies: { Role_Storage: '0.2' } }),
    )
    expect(dependant.answerOf).toMatchObject({
      ResponseData: {
        RegisterAPI: {
          Dependencies: { Role_Storage: { IP: '127.0.0.1', Port: '18889', APIVersion: '0.2' } },
        },
      },
    })
  })

  test('a module waits for a role that comes late, and two that need each other find each other', async () => {
    const bus = await startBus()
    const a = await RawClient.negotiated(bus.url)
    const waiting = a.ask({ RegisterAPI: registration('A', { Dependencies: { Role_B: '0.1' } }) })
    const b = await aForeignModule(bus, registration('B', { Dependencies: { Role_A: '0.1' } }))
    expect(b.answerOf['ResponseStatus']).toBe(0)
    expect((await waiting)['ResponseStatus']).toBe(0)
  })

  test('after the time, missing roles are a failure of status 3, and the connection is closed', async () => {
    const clock = new FakeClock()
    const bus = await startBus({ clock, dependencyTimeoutMs: 10_000 })
    const client = await RawClient.negotiated(bus.url)
    const timers = clock.waiting(10_000)
    const id = client.request({ RegisterAPI: registration('demo', { Dependencies: { Role_X: '0.1' } }) })
    await waitFor('the wait', () => clock.waiting(10_000) > timers)
    clock.advance(10_000)
    expect(await client.response(id)).toMatchObject({
      ResponseStatus: 3,
      ResponseErrorCode: 'DEPENDENCIES_NOT_FOUND',
      ResponseComment: 'no module plays Role_X 0.1',
      ResponseData: { RegisterAPI: { Dependencies: { Role_X: { IP: '', Port: '', APIVersion: '0.1' } } } },
    })
    clock.advance(1_000)
    expect((await client.end()).code).toBe(1000)
  })

  test.each([
    ['0.1', 0],
    ['0.2', 0],
    ['0.3', 3],
    ['1.0', 3],
    ['', 0],
  ])('a module that plays 0.1 and 0.2 answers a need for %j with status %j', async (version, status) => {
    const bus = await startBus({ dependencyTimeoutMs: 20 })
    await aForeignModule(bus, registration('B'))
    const a = await aForeignModule(bus, registration('A', { Dependencies: { Role_B: version } }))
    expect(a.answerOf['ResponseStatus']).toBe(status)
  })

  test('calls are passed on over the socket of the module, and its failures keep their status', async () => {
    const bus = await startBus()
    const params: unknown[] = []
    await aForeignModule(
      bus,
      registration('demo', { Methods: [method('getSum'), method('bad')] }),
      (methods) => {
        params.push(methods)
        return 'bad' in methods
          ? { ResponseStatus: 65_536, ResponseErrorCode: 'err_0001', ResponseComment: 'broken' }
          : { ResponseData: { getSum: { sum: 3 } } }
      },
    )
    const client = await RawClient.negotiated(bus.url)
    expect(await client.ask({ getSum: { a: 1, b: 2 } })).toMatchObject({
      ResponseStatus: 0,
      ResponseData: { getSum: { sum: 3 } },
    })
    expect(await client.ask({ bad: {} })).toMatchObject({
      ResponseStatus: 65_536,
      ResponseErrorCode: 'err_0001',
      ResponseComment: 'broken',
    })
    expect(await client.ask({ ForwardMessage: { getSum: { a: 1 } } })).toMatchObject({
      ResponseData: { ForwardMessage: { getSum: { sum: 3 } } },
    })
    expect(params).toEqual([{ getSum: { a: 1, b: 2 } }, { bad: {} }, { getSum: { a: 1 } }])
  })

  test('calls of one method go to equal modules in turn', async () => {
    const bus = await startBus()
    for (const name of ['first', 'second']) {
      const answer = () => ({ ResponseData: { who: { name } } })
      const roles = { ModuleRoles: { Role_Twin: ['1.0'] }, Methods: [method('who')] }
      await aForeignModule(bus, registration(name, roles), answer)
    }
    const client = await RawClient.negotiated(bus.url)
    const seen: unknown[] = []
    for (let i = 0; i < 4; i++) seen.push((await client.ask({ who: {} }))['ResponseData'])
    expect(seen).toEqual(['first', 'second', 'first', 'second'].map((name) => ({ who: { name } })))
  })

  test('the loss of a module closes those who depend on it, and its methods are gone', async () => {
    const bus = await startBus()
    const provider = await aForeignModule(bus, registration('B', { Methods: [method('b')] }))
    const dependant = await aForeignModule(bus, registration('A', { Dependencies: { Role_B: '0.1' } }))
    const stranger = await aForeignModule(bus, registration('C'))
    provider.socket.terminate()
    expect(await dependant.end()).toEqual({ code: 1000, reason: 'B is gone' })
    expect(await stranger.ask({ b: {} })).toMatchObject({ ResponseStatus: 2 })
    expect(stranger.closed).toBeUndefined()
  })

  test('a call under way when its module is lost fails with status 5', async () => {
    const bus = await startBus()
    const module = aModule(bus, { name: 'm', methods: { never: () => new Promise(() => undefined) } })
    await module.start()
    const client = await RawClient.negotiated(bus.url)
    const id = client.request({ never: {} })
    await client.settled()
    await module.stop()
    expect(await client.response(id)).toMatchObject({
      ResponseStatus: 5,
      ResponseErrorCode: 'METHOD_UNAVAILABLE',
    })
  })

  test.each([['taken'], ['RegisterAPI'], ['own']])(
    'the method %j of somebody else cannot be registered again: status 4',
    async (name) => {
      const bus = await startBus({ methods: [aMethod('own', () => ({}))] })
      await aForeignModule(bus, registration('first', { Methods: [method('taken')] }))
      const rival = await aForeignModule(bus, registration('rival', { Methods: [method(name)] }))
      expect(rival.answerOf).toMatchObject({ ResponseStatus: 4, ResponseErrorCode: 'METHOD_EXISTS' })
    },
  )

  test('registering again replaces, and does not duplicate', async () => {
    const bus = await startBus()
    const module = await aForeignModule(bus, registration('m', { Methods: [method('a'), method('b')] }))
    await module.ask({ RegisterAPI: registration('m', { Methods: [method('b'), method('c')] }) })
    const client = await RawClient.negotiated(bus.url)
    const { ResponseData } = await client.ask({ GetConsolidatedAPI: null })
    const { Public } = (ResponseData as { GetConsolidatedAPI: { Public: object } }).GetConsolidatedAPI
    expect(Object.keys(Public).filter((name) => name.startsWith('Nuls.'))).toEqual(['Nuls.b', 'Nuls.c'])
  })

  test('a module that subscribes to RegisterAPI is told when the modules it needs change', async () => {
    const bus = await startBus()
    await aForeignModule(bus, registration('B'))
    const client = await RawClient.negotiated(bus.url)
    const params = registration('A', { Dependencies: { Role_B: '0.1' } })
    const id = client.request({ RegisterAPI: params }, { SubscriptionEventCounter: '1' })
    await client.response(id)
    const before = client.responses(id).length
    await aForeignModule(bus, registration('C'))
    await waitFor('a push', () => client.responses(id).length > before)
    expect(client.responses(id).at(-1)).toMatchObject({
      ResponseData: { RegisterAPI: { Dependencies: { Role_B: { Port: '18889' } } } },
    })
  })

  test('an unknown method is status 2', async () => {
    const bus = await startBus()
    const client = await RawClient.negotiated(bus.url)
    expect(await client.ask({ unknown: {} })).toMatchObject({
      ResponseStatus: 2,
      ResponseErrorCode: 'METHOD_NOT_FOUND',
    })
  })

  test('parameters are checked before a call is passed on, in the words of other managers', async () => {
    const bus = await startBus()
    let calls = 0
    const parameter = (ParameterName: string, ParameterValidRange: string, ParameterValidRegExp = '') => ({
      ParameterName,
      ParameterType: 'int',
      ParameterValidRange,
      ParameterValidRegExp,
    })
    const Methods = [method('getSum', { Parameters: [parameter('count', '[0,65535]')] })]
    await aForeignModule(bus, registration('demo', { Methods }), () => {
      calls += 1
      return { ResponseData: { getSum: {} } }
    })
    const client = await RawClient.negotiated(bus.url)
    const commentOf = async (params: object) => (await client.ask({ getSum: params }))['ResponseComment']
    expect(await commentOf({})).toBe('Param null:count')
    expect(await commentOf({ count: null })).toBe('Param null:count')
    expect(await commentOf({ count: 65_536 })).toBe('Param wrong range:count')
    expect(await commentOf({ count: 'x' })).toBe('Param wrong format:count')
    expect(calls).toBe(0)
    expect(await commentOf({ count: '65535', other: true })).toBe('')
    expect(calls).toBe(1)
  })

  test('the older names of a registration are understood', async () => {
    const bus = await startBus()
    const module = await aForeignModule(bus, {
      ServiceName: 'old',
      ServiceDomain: 'Nuls',
      ServiceRole: 'Role_Old',
      ServiceAPIVersion: '0.1',
      ServiceIP: '127.0.0.1',
      ServicePort: '1',
      RoleDependencies: {},
      Methods: [method('old')],
    })
    expect(module.answerOf['ResponseStatus']).toBe(0)
    const dependant = await aForeignModule(bus, registration('A', { Dependencies: { Role_Old: '0.1' } }))
    expect(dependant.answerOf['ResponseStatus']).toBe(0)
  })
})
