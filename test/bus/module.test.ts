import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { aModule, startBus } from './support/test-bus.js'

test('a module calls a method of another through the manager, and follows its changes', async () => {
  const bus = await startBus()
  let temperature = 20
  const weather = aModule(bus, {
    name: 'weather',
    methods: { 'weather.now': { run: ({ city }) => ({ city, temperature }), minEvent: 1 } },
  })
  const display = aModule(bus, { name: 'display', dependencies: { Role_weather: '1.0' } })
  await weather.start()
  await display.start()
  expect(await display.call('weather.now', { city: 'Lund' })).toEqual({ city: 'Lund', temperature: 20 })
  expect(display.dependencies).toEqual({ Role_weather: { IP: '127.0.0.1', Port: '0', APIVersion: '1.0' } })
  const seen: unknown[] = []
  for await (const { value } of display.subscribe('weather.now', { city: 'Lund' })) {
    seen.push(value)
    if (seen.length === 3) break
    temperature += 1
    weather.changed('weather.now')
  }
  expect(seen).toEqual([20, 21, 22].map((degrees) => ({ city: 'Lund', temperature: degrees })))
})

test('a module comes back after the manager was killed and started anew, with its subscriptions', async () => {
  const first = await startBus()
  let count = 0
  const counter = aModule(first, {
    name: 'counter',
    methods: { count: { run: () => count, minEvent: 1 } },
  })
  const reader = aModule(first, { name: 'reader' })
  await counter.start()
  await reader.start()
  const updates = reader.subscribe('count')
  expect((await updates.next()).value).toMatchObject({ value: 0 })
  await first.close()
  count = 1
  await startBus({}, first.port)
  expect((await updates.next()).value).toMatchObject({ value: 1, missedEvents: true })
  count = 2
  counter.changed('count')
  expect((await updates.next()).value).toMatchObject({ value: 2, missedEvents: false })
})

test('a module restarted under the eyes of a subscriber goes on serving it', async () => {
  const bus = await startBus()
  const counter = (count: number) =>
    aModule(bus, { name: 'counter', methods: { count: { run: () => count, minEvent: 1 } } })
  const reader = aModule(bus, { name: 'reader' })
  const old = counter(1)
  await old.start()
  await reader.start()
  const updates = reader.subscribe('count')
  expect((await updates.next()).value).toMatchObject({ value: 1 })
  await old.stop()
  await counter(2).start()
  expect((await updates.next()).value).toMatchObject({ value: 2, missedEvents: true })
})

test('a module that is stopped while nobody answers its dialling stops at once', async () => {
  const deaf = createServer()
  deaf.listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  afterThisTest(() => deaf.close())
  const dialled = once(deaf, 'connection')
  const module = aModule({ url: `ws://127.0.0.1:${(deaf.address() as AddressInfo).port}` })
  const started = module.start().catch((error: unknown) => error)
  await dialled
  await module.stop()
  expect(await started).toMatchObject({ code: 'ABORTED' })
})

test('a manager that cannot be reached is told of in Error.log, once, and the module goes on trying', async () => {
  const bus = await startBus()
  await bus.close()
  const errorLog = join(await temporaryFolder(), 'Error.log')
  const module = aModule(bus, { errorLog, maxPauseMs: 5 })
  const started = module.start()
  const lines = async (): Promise<string[]> =>
    (await readFile(errorLog, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')
  await waitFor('the line', async () => (await lines()).length === 1)
  await delay(100)
  const [line, ...more] = await lines()
  expect(line?.split('|')).toHaveLength(6)
  expect(line).toContain(`demo cannot work with the manager at ${bus.url}: it cannot be reached`)
  expect(more).toEqual([])
  await startBus({}, bus.port)
  await started
})
