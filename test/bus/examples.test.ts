import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { waitUntilWarm, weather } from '../../examples/bus/weather.js'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { RawClient } from './support/raw-client.js'
import { startBus } from './support/test-bus.js'

test('the example in TypeScript offers the weather and follows it', async () => {
  const bus = await startBus()
  const module = weather(bus.url)
  afterThisTest(() => module.stop())
  await module.start()
  const warm = waitUntilWarm(bus.url, 'Lund')
  await waitFor('the follower', () => bus.connectionCount === 2)
  for (const degrees of [21, 24, 27]) module.setTemperature(degrees)
  expect(await warm).toEqual({ city: 'Lund', temperature: 27 })
})

/** An interpreter of the operator's choice may have the package where the system's has not. */
const python = process.env['PYTHON'] ?? 'python3'
const lack = spawnSync(python, ['-c', 'import websockets.sync.client'], { encoding: 'utf8' })
const why = lack.error ? `there is no ${python}` : `${python} has no package websockets`
const title = 'the example in Python registers and answers, over plain websockets'
const run = lack.status === 0 ? test : test.skip

run(lack.status === 0 ? title : `${title} (skipped: ${why})`, async () => {
  const bus = await startBus()
  const script = fileURLToPath(new URL('../../examples/bus/weather.py', import.meta.url))
  const child = spawn(python, [script, bus.url], { stdio: ['ignore', 'pipe', 'inherit'] })
  afterThisTest(() => child.kill())
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(said.toString().trim()).toBe('registered')
  const client = await RawClient.negotiated(bus.url)
  const id = client.request({ 'weather.now': { city: 'Lund' } }, { SubscriptionPeriod: '1' })
  expect(await client.response(id)).toMatchObject({
    ResponseStatus: 0,
    ResponseData: { 'weather.now': { city: 'Lund', temperature: 20 } },
  })
  expect(await client.ask({ 'weather.now': {} })).toMatchObject({ ResponseComment: 'Param null:city' })
  await waitFor('the second answer', () => client.responses(id).length === 2)
})
