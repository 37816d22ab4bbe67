import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { runCommand } from '../../src/app/commands/run-command.js'
import { COMMANDS } from '../../src/app/commands/table.js'
import { systemClock } from '../../src/time/clock.js'
import { silentLog } from '../../src/bus/log.js'
import { LogStore } from '../../src/bus/storage/log-store.js'
import { storageMethods } from '../../src/bus/storage/storage-methods.js'
import { waitFor } from '../support/wait-for.js'
import { aMethod, startBus, type TestMethod } from './support/test-bus.js'

let out = ''
let err = ''

beforeEach(() => {
  out = err = ''
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((out += String(text))))
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((err += String(text))))
})

afterEach(() => {
  jest.restoreAllMocks()
  process.exitCode = undefined
})

async function aNode() {
  let height = 0
  const last: TestMethod = aMethod('blocks.last', () => ({ height }), { description: 'The last block' })
  const add = aMethod('add', ({ a, b }) => ({ sum: Number(a) + Number(b) }))
  const store = await LogStore.open({ log: silentLog })
  const bus = await startBus({ methods: [last, add, ...storageMethods(store, systemClock)] })
  const run = (...words: string[]) => runCommand(COMMANDS, ['bus', ...words, '--url', bus.url])
  const grow = (): void => {
    height += 1
    last.fire()
  }
  return { run, grow, store, last }
}

test('terrarium bus call prints the answer of a method as JSON', async () => {
  const { run } = await aNode()
  await run('call', 'add', '{"a":1,"b":2}')
  expect(out).toBe('{\n  "sum": 3\n}\n')
})

test('terrarium bus call ends with status 1 and the code of the error in one line', async () => {
  const { run } = await aNode()
  await run('call', 'nothing')
  expect(err).toBe('terrarium bus call: METHOD_NOT_FOUND: there is no method "nothing"\n')
  expect(process.exitCode).toBe(1)
})

test.each([
  [['call'], /Not enough non-option arguments/],
  [['call', 'add', '[1]'], /the parameters are a JSON object/],
  [['call', 'add', '{"a"'], /the parameters are not JSON/],
  [['subscribe', 'add', '--period', 'often'], /--period takes a whole number/],
  [['call', 'add', '--timeout', '-1'], /--timeout takes a number of seconds/],
])('terrarium bus %j is a wrong usage', async (words, message) => {
  const { run } = await aNode()
  await run(...words)
  expect(err).toMatch(message)
  expect(process.exitCode).toBe(2)
})

test('terrarium bus subscribe prints each block as it comes, a line each', async () => {
  const { run, grow, last } = await aNode()
  const running = run('subscribe', 'blocks.last', '--count', '3')
  await waitFor('the subscription', () => last.watcherCount === 1)
  await waitFor('the first line', () => out !== '')
  grow()
  grow()
  await running
  expect(out).toMatch(/^\{"height":0\}\n(\{"height":\d\}\n){2}$/)
})

test('terrarium bus list names every method, and log what modules wrote', async () => {
  const { run, store } = await aNode()
  await run('list')
  expect(out).toMatch(/^blocks\.last +public +The last block$/m)
  out = ''
  const entry = {
    time: 1_700_000_000_000,
    module: 'demo',
    message_type: '',
    message_id: '',
    comments: 'hello',
  }
  store.add({ ...entry, level: 3 })
  store.add({ ...entry, level: 5 })
  await run('log', '--level', '4')
  expect(out).toBe('2023-11-14T22:13:20.000Z WARNING  demo: hello\n')
})
