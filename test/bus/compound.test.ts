import { describe, expect, test } from '@jest/globals'
import { waitFor } from '../support/wait-for.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus } from './support/test-bus.js'

const balance = aMethod('GetBalance', ({ Address }) => ({ Balance: `of ${JSON.stringify(Address)}` }))
const height = aMethod('GetHeight', ({ Unit }) => ({ Height: '17', Unit: Unit ?? 'blocks' }))
const failing = aMethod('Fail', () => {
  throw new Error('no')
})

const myInfo = {
  CompoundMethodName: 'GetMyInfo',
  CompoundMethodDescription: 'both at once',
  CompoundMethods: { GetBalance: { Address: 'GetBalanceAddress' }, GetHeight: {} },
}

async function aBus() {
  const bus = await startBus({ methods: [balance, height, failing] })
  const client = await RawClient.negotiated(bus.url)
  const register = (data: object, by = client): void => by.send(by.message('RegisterCompoundMethod', data))
  const unregister = (name: string, by = client): void =>
    by.send(by.message('UnregisterCompoundMethod', { UnregisterCompoundMethodName: name }))
  return { bus, client, register, unregister }
}

describe('behaviour 19', () => {
  test.each([
    ['a map', myInfo.CompoundMethods],
    ['a list of maps', [{ GetBalance: { Address: 'GetBalanceAddress' } }, { GetHeight: {} }]],
  ])('aliases reach the right child, registered as %s', async (_, CompoundMethods) => {
    const { client, register } = await aBus()
    register({ ...myInfo, CompoundMethods })
    const answer = await client.ask({ GetMyInfo: { GetBalanceAddress: 'A1', Unit: 'm' } })
    expect(answer).toMatchObject({
      ResponseStatus: 0,
      ResponseData: {
        GetMyInfo: { GetBalance: { Balance: 'of "A1"' }, GetHeight: { Height: '17', Unit: 'm' } },
      },
    })
  })

  test('the failure of a child is the failure of the virtual method', async () => {
    const { client, register } = await aBus()
    register({ ...myInfo, CompoundMethods: { GetHeight: {}, Fail: {} } })
    expect(await client.ask({ GetMyInfo: {} })).toMatchObject({
      ResponseStatus: 1,
      ResponseErrorCode: 'INTERNAL',
    })
  })

  test('an empty name removes the virtual methods of the caller only', async () => {
    const { bus, client, register, unregister } = await aBus()
    const other = await RawClient.negotiated(bus.url)
    register(myInfo)
    register({ ...myInfo, CompoundMethodName: 'Second' })
    register({ ...myInfo, CompoundMethodName: 'Theirs' }, other)
    await other.settled()
    unregister('')
    expect(await client.ask({ GetMyInfo: {} })).toMatchObject({ ResponseStatus: 2 })
    expect(await client.ask({ Second: {} })).toMatchObject({ ResponseStatus: 2 })
    expect(await client.ask({ Theirs: {} })).toMatchObject({ ResponseStatus: 0 })
    unregister('Theirs')
    expect(await client.ask({ Theirs: {} })).toMatchObject({ ResponseStatus: 0 })
    other.socket.terminate()
    await waitFor('their end', async () => (await client.ask({ Theirs: {} }))['ResponseStatus'] === 2)
  })

  test('a real method, and the virtual one of another, cannot be replaced; the own one can', async () => {
    const { bus, client, register } = await aBus()
    const other = await RawClient.negotiated(bus.url)
    register({ ...myInfo, CompoundMethodName: 'GetHeight' })
    expect(await client.ask({ GetHeight: {} })).toMatchObject({
      ResponseData: { GetHeight: { Height: '17' } },
    })
    register(myInfo)
    await client.settled()
    register({ ...myInfo, CompoundMethods: { GetHeight: {} } }, other)
    await other.settled()
    expect(await client.ask({ GetMyInfo: {} })).toMatchObject({
      ResponseData: { GetMyInfo: { GetBalance: {} } },
    })
    register({ ...myInfo, CompoundMethods: { GetHeight: {} } })
    expect((await client.ask({ GetMyInfo: {} }))['ResponseData']).toEqual({
      GetMyInfo: { GetHeight: { Height: '17', Unit: 'blocks' } },
    })
  })

  test('a virtual method that would come to call itself, or an unknown one, is not registered', async () => {
    const { client, register } = await aBus()
    register({ ...myInfo, CompoundMethodName: 'A', CompoundMethods: { GetHeight: {} } })
    register({ ...myInfo, CompoundMethodName: 'B', CompoundMethods: { A: {} } })
    register({ ...myInfo, CompoundMethodName: 'A', CompoundMethods: { B: {} } })
    register({ ...myInfo, CompoundMethodName: 'C', CompoundMethods: { C: {} } })
    register({ ...myInfo, CompoundMethodName: 'D', CompoundMethods: { Unknown: {} } })
    expect((await client.ask({ B: {} }))['ResponseData']).toEqual({
      B: { A: { GetHeight: { Height: '17', Unit: 'blocks' } } },
    })
    expect(await client.ask({ C: {} })).toMatchObject({ ResponseStatus: 2 })
    expect(await client.ask({ D: {} })).toMatchObject({ ResponseStatus: 2 })
  })

  test('its first child says how it can be subscribed to, and its narrowest who may use it', async () => {
    const { client, register } = await aBus()
    register(myInfo)
    const { ResponseData } = await client.ask({ ListAPI: {} })
    const record = (ResponseData as { ListAPI: Record<string, object> }).ListAPI['GetMyInfo']
    expect(record).toMatchObject({
      MethodDescription: 'both at once',
      MethodMinEvent: '1',
      MethodScope: 'public',
    })
    const id = client.request({ GetMyInfo: {} }, { SubscriptionEventCounter: '1' })
    await client.response(id)
    balance.fire()
    await waitFor('the second answer', () => client.responses(id).length === 2)
  })

  test('a module told of a virtual method registers anew with the manager, and again when it is taken back', async () => {
    const registrations: { Methods: { MethodName: string }[] }[] = []
    const bus = await startBus()
    const find = bus.manager.registry.register.bind(bus.manager.registry)
    bus.manager.registry.register = (connection, registration) => {
      registrations.push({ Methods: registration.methods.map(({ name }) => ({ MethodName: name })) })
      return find(connection, registration)
    }
    const module = aModule(bus, { methods: { real: () => ({ n: 1 }) } })
    await module.start()
    const [connection] = bus.manager.registry.connections()
    connection?.post('RegisterCompoundMethod', JSON.stringify({ ...myInfo, CompoundMethods: { real: {} } }))
    await waitFor('the second registration', () => registrations.length === 2)
    await waitFor('the route', () => bus.manager.find('GetMyInfo'))
    expect(await module.call('GetMyInfo')).toEqual({ real: { n: 1 } })
    connection?.post('UnregisterCompoundMethod', '{"UnregisterCompoundMethodName":"GetMyInfo"}')
    await waitFor('the third registration', () => registrations.length === 3)
    expect(registrations.map(({ Methods }) => Methods.map(({ MethodName }) => MethodName))).toEqual([
      ['real'],
      ['real', 'GetMyInfo'],
      ['real'],
    ])
  })

  test('a module offers a virtual method again after the manager came back', async () => {
    const first = await startBus({ methods: [height] })
    const module = aModule(first)
    await module.start()
    await module.registerCompound({ name: 'V', children: [{ method: 'GetHeight', aliases: {} }] })
    expect(await module.call('V')).toEqual({ GetHeight: { Height: '17', Unit: 'blocks' } })
    await first.close()
    await startBus({ methods: [height] }, first.port)
    expect(await module.call('V')).toEqual({ GetHeight: { Height: '17', Unit: 'blocks' } })
  })
})
