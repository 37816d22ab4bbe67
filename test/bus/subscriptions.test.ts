import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareDecimals, numericValue, readRange } from '../../src/bus/wire/subscription-range.js'
import { waitFor } from '../support/wait-for.js'
import { FakeClock } from './support/fake-clock.js'
import { RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus } from './support/test-bus.js'

const every = (events: number, seconds = 0) => ({
  SubscriptionEventCounter: String(events),
  SubscriptionPeriod: String(seconds),
})

/** A bus with one method that counts its calls. */
async function counting(info = {}) {
  let calls = 0
  const clock = new FakeClock()
  const method = aMethod('count', () => ({ calls: ++calls }), info)
  const bus = await startBus({ methods: [method, aMethod('other', () => ({}))], clock })
  return { bus, clock, method, client: await RawClient.negotiated(bus.url) }
}

const callsOf = (responses: Record<string, unknown>[]): unknown[] =>
  responses.map((data) => (data['ResponseData'] as { count: { calls: number } }).count.calls)

describe('behaviour 15', () => {
  test('an event subscription is answered at once, then after exactly every third event, with the same RequestID', async () => {
    const { client, method } = await counting()
    const id = client.request({ count: {} }, every(3))
    await client.response(id)
    for (let i = 0; i < 9; i++) {
      method.fire()
      await client.settled()
      expect(client.responses(id)).toHaveLength(1 + Math.floor((i + 1) / 3))
    }
    expect(callsOf(client.responses(id))).toEqual([1, 2, 3, 4])
  })

  test('fewer events than the method allows are refused, 0 is a plain call', async () => {
    const { client } = await counting({ minEvent: 5, minPeriod: 0 })
    expect(await client.ask({ count: {} }, every(4))).toMatchObject({
      ResponseStatus: 1,
      ResponseErrorCode: 'SUBSCRIPTION_REFUSED',
      ResponseComment: "SubscriptionEventCounter parameter: '4' not valid for method 'count': at least 5",
    })
    expect(await client.ask({ count: {} }, every(0, 1))).toMatchObject({
      ResponseErrorCode: 'SUBSCRIPTION_REFUSED',
    })
    expect((await client.ask({ count: {} }, every(5)))['ResponseStatus']).toBe(0)
    expect((await client.ask({ count: {} }, every(0)))['ResponseStatus']).toBe(0)
  })

  test('a subscription whose first answer is a failure is none', async () => {
    let isReady = false
    const method = aMethod('fragile', () => {
      if (!isReady) throw new Error('not yet')
      return {}
    })
    const { url } = await startBus({ methods: [method] })
    const client = await RawClient.negotiated(url)
    const id = client.request({ fragile: {} }, every(1))
    expect(await client.response(id)).toMatchObject({ ResponseStatus: 1, ResponseErrorCode: 'INTERNAL' })
    await waitFor('its end', () => method.watcherCount === 0)
    isReady = true
    method.fire()
    await client.settled()
    expect(client.responses(id)).toHaveLength(1)
  })
})

describe('behaviour 16', () => {
  test('a period subscription is answered at once, then every 5 s without drift', async () => {
    const { client, clock } = await counting()
    const id = client.request({ count: {} }, every(0, 5))
    await client.response(id)
    for (let second = 1; second <= 20; second++) {
      clock.advance(1_000)
      await client.settled()
      expect(client.responses(id)).toHaveLength(1 + Math.floor(second / 5))
    }
    // A machine that slept answers once, and then at the old times.
    clock.advance(12_000)
    await client.settled()
    clock.advance(2_999)
    await client.settled()
    const before = client.responses(id).length
    clock.advance(1)
    await client.settled()
    expect(client.responses(id)).toHaveLength(before + 1)
  })

  test('events and time work side by side, and a lost connection ends both', async () => {
    const { client, clock, method, bus } = await counting()
    const id = client.request({ count: {} }, every(1, 5))
    await client.response(id)
    method.fire()
    await client.settled()
    clock.advance(5_000)
    await client.settled()
    expect(callsOf(client.responses(id))).toEqual([1, 2, 3])
    const timers = clock.waiting(5_000)
    client.socket.terminate()
    await waitFor('the end', () => bus.connectionCount === 0)
    expect(method.watcherCount).toBe(0)
    expect(clock.waiting(5_000)).toBe(timers - 1)
  })
})

describe('behaviour 17', () => {
  test.each([
    ['[1000, )', '1000', true],
    ['[1000, )', '999', false],
    ['[2,6)', '2', true],
    ['[2,6)', '6', false],
    ['(,0]', '0', true],
    ['(,0]', '1', false],
    ['(5,5)', '5', false],
    ['( , )', '-7', true],
    ['[-1.5, 1.25]', '1.25', true],
    ['[-1.5, 1.25]', '1.250000000000000000001', false],
    ['(-1.5, 1.25]', '-1.5', false],
    ['(9007199254740992, )', '9007199254740993', true],
    ['(9007199254740993, )', '9007199254740993', false],
    ['', '5', true],
    ['0', '5', true],
  ])('the range %j lets %s through: %j', (range, value, passes) => {
    expect(readRange(range)?.(value)).toBe(passes)
  })

  test.each(['5', '[1', '1,2', '[a,b]', '[1;2]', '[1,2,3]', '{1,2}', '[1e3,]', 7, true])(
    'the range %j is refused',
    async (range) => {
      expect(readRange(range)).toBeUndefined()
      const { client } = await counting()
      const refusal = await client.ask({ count: {} }, { ...every(1), SubscriptionRange: range })
      expect(refusal).toMatchObject({ ResponseErrorCode: 'SUBSCRIPTION_REFUSED' })
    },
  )

  test('a range agrees with plain arithmetic on whole numbers', () => {
    const bound = fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined })
    fc.assert(
      fc.property(
        bound,
        bound,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: -60, max: 60 }),
        (low, high, withLow, withHigh, value) => {
          const text = `${withLow ? '[' : '('} ${low ?? ''} , ${high ?? ''} ${withHigh ? ']' : ')'}`
          const isAbove = low === undefined || value > low || (withLow && value === low)
          const isBelow = high === undefined || value < high || (withHigh && value === high)
          expect(readRange(text)?.(String(value))).toBe(isAbove && isBelow)
        },
      ),
    )
  })

  test('decimals compare as their exact values', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), fc.nat(20), (a, b, places) => {
        const text = (n: bigint): string => {
          const digits = String(n < 0n ? -n : n).padStart(places + 1, '0')
          const at = digits.length - places
          return `${n < 0n ? '-' : ''}${digits.slice(0, at)}${places ? `.${digits.slice(at)}` : ''}`
        }
        expect(compareDecimals(text(a), text(b))).toBe(a < b ? -1 : a > b ? 1 : 0)
      }),
    )
  })

  test('any text at all is a range or none, and never breaks the reader', () => {
    fc.assert(fc.property(fc.string(), (text) => ['function', 'undefined'].includes(typeof readRange(text))))
  })

  test.each([
    [7, '7'],
    ['25000', '25000'],
    [{ Balance: '25000' }, '25000'],
    [{ a: 1, b: 2 }, undefined],
    ['text', undefined],
    [[1], undefined],
    [null, undefined],
    [1e21, '1000000000000000000000'],
  ])('the number of the result %j is %j', (result, expected) => {
    expect(numericValue(result)).toBe(expected)
  })

  test('answers outside of the range are left out, but for the first; they count as events all the same', async () => {
    let balance = 0
    const method = aMethod('balance', () => ({ balance: String(balance) }))
    const { url } = await startBus({ methods: [method] })
    const client = await RawClient.negotiated(url)
    const id = client.request({ balance: {} }, { ...every(2), SubscriptionRange: '[1000, )' })
    await client.response(id)
    for (balance of [5000, 10, 5000, 1000]) {
      method.fire()
      await client.settled()
    }
    expect(client.responses(id).map((data) => data['ResponseData'])).toEqual([
      { balance: { balance: '0' } },
      { balance: { balance: '1000' } },
    ])
  })
})

describe('behaviour 18', () => {
  async function twoSubscribers() {
    const set = await counting()
    const other = await RawClient.negotiated(set.bus.url)
    const ids = [0, 1].map(() => set.client.request({ count: {} }, every(1)))
    const otherId = other.request({ count: {} }, every(1))
    await Promise.all([...ids.map((id) => set.client.response(id)), other.response(otherId)])
    const counts = async (): Promise<number[]> => {
      await set.client.settled()
      set.method.fire()
      await Promise.all([set.client.settled(), other.settled()])
      return [...ids.map((id) => set.client.responses(id).length), other.responses(otherId).length]
    }
    return { ...set, ids, counts }
  }

  test('a subscription ends by the MessageID of its request, and others go on', async () => {
    const { client, ids, counts } = await twoSubscribers()
    client.send(client.message('Unsubscribe', { UnsubscribeMethods: [ids[0]] }))
    expect(await counts()).toEqual([1, 2, 2])
  })

  test('all subscriptions of a connection to a method end by the name of the method', async () => {
    const { client, counts, method } = await twoSubscribers()
    client.send(client.message('Unsubscribe', { UnsubscribeMethods: ['count'] }))
    expect(await counts()).toEqual([1, 1, 2])
    expect(method.watcherCount).toBe(1)
  })

  test.each([[[]], [['other']], [['no such']], [null], [undefined]])(
    'an Unsubscribe of %j ends nothing',
    async (entries) => {
      const { client, counts } = await twoSubscribers()
      client.send(client.message('Unsubscribe', { UnsubscribeMethods: entries }))
      expect(await counts()).toEqual([2, 2, 2])
    },
  )

  test('a request that comes again under the id of a subscription takes its place', async () => {
    const { client, method } = await counting()
    const subscribe = { ...client.message('Request', { RequestMethods: { count: {} }, ...every(1) }, 'same') }
    client.send(subscribe)
    client.send(subscribe)
    await waitFor('both answers', () => client.responses('same').length === 2)
    method.fire()
    await client.settled()
    expect(client.responses('same')).toHaveLength(3)
    expect(method.watcherCount).toBe(1)
  })

  test('whoever leaves the loop is unsubscribed', async () => {
    const method = aMethod('count', () => ({}))
    const bus = await startBus({ methods: [method] })
    const module = aModule(bus)
    await module.start()
    for await (const { value } of module.subscribe('count')) {
      expect(value).toEqual({})
      break
    }
    await waitFor('the Unsubscribe', () => method.watcherCount === 0)
  })

  test('a call that times out, is given up or loses its connection settles once with its own error', async () => {
    const never = aMethod('never', () => new Promise(() => undefined))
    const bus = await startBus({ methods: [never] })
    const module = aModule(bus)
    await module.start()
    await expect(module.call('never', {}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'TIMEOUT' })
    const signal = AbortSignal.timeout(20)
    await expect(module.call('never', {}, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
    const lost = module.call('never')
    lost.catch(() => undefined)
    await module.call('ListAPI')
    await bus.close()
    await expect(lost).rejects.toMatchObject({ code: 'DISCONNECTED' })
  })
})
