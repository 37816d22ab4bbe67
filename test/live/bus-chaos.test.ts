import { expect, test } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { fixedRandom } from '../support/test-node.js'
import { waitFor } from '../support/wait-for.js'
import { BusError } from '../../src/bus/bus-error.js'
import { RawClient } from '../bus/support/raw-client.js'
import { aMethod, aModule, startBus } from '../bus/support/test-bus.js'

test('while modules are killed and restarted, every call settles exactly once, with its own answer or a bus error', async () => {
  const bus = await startBus()
  const random = fixedRandom(7)
  const worker = () =>
    aModule(bus, {
      name: 'worker',
      methods: {
        double: async ({ n }) => {
          await delay(random() * 5)
          return { doubled: Number(n) * 2 }
        },
      },
    })
  const workers = [worker(), worker(), worker()]
  await Promise.all(workers.map((each) => each.start()))
  const caller = aModule(bus, { name: 'caller' })
  await caller.start()
  const settled = new Map<number, number>()
  const faults: unknown[] = []
  const once = async (n: number): Promise<void> => {
    try {
      expect(await caller.call('double', { n }, { timeoutMs: 2_000 })).toEqual({ doubled: n * 2 })
    } catch (error) {
      if (!(error instanceof BusError)) throw error
      faults.push(error.code)
    }
    settled.set(n, (settled.get(n) ?? 0) + 1)
  }
  const calls: Promise<void>[] = []
  for (let n = 0; n < 600; n++) {
    calls.push(once(n))
    if (n % 60 === 59) {
      const at = Math.floor(random() * workers.length)
      await workers[at]?.stop()
      const next = worker()
      workers[at] = next
      await next.start()
    }
    if (n % 10 === 9) await delay(1)
  }
  await Promise.all(calls)
  expect([...settled.values()].every((count) => count === 1)).toBe(true)
  expect(settled.size).toBe(600)
  expect(new Set(faults)).toEqual(new Set(faults.length > 0 ? ['METHOD_UNAVAILABLE'] : []))
}, 30_000)

test('1,000 connections with 10,000 subscriptions get each event, and leave nothing behind', async () => {
  const method = aMethod('tick', () => ({ tick: 1 }))
  const bus = await startBus({ methods: [method] })
  const clients: RawClient[] = []
  for (let i = 0; i < 20; i++)
    clients.push(...(await Promise.all(Array.from({ length: 50 }, () => RawClient.open(bus.url)))))
  for (const client of clients) {
    client.send(client.message('NegotiateConnection', {}))
    for (let i = 0; i < 10; i++) client.request({ tick: {} }, { SubscriptionEventCounter: '1' })
  }
  const received = (): number => clients.reduce((sum, { frames }) => sum + frames.length, 0)
  await waitFor('all subscriptions', () => received() === 11_000, 20_000)
  expect(method.watcherCount).toBe(10_000)
  method.fire()
  await waitFor('all answers', () => received() === 21_000, 10_000)
  for (const { socket } of clients) socket.terminate()
  await waitFor('their end', () => bus.connectionCount === 0, 10_000)
  expect(method.watcherCount).toBe(0)
}, 60_000)
