import { execFile } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { checkout, freePort, Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'
import { aModule } from '../bus/support/test-bus.js'
import { RawClient } from '../bus/support/raw-client.js'
import { LiveNode } from './live-node.js'

const run = promisify(execFile)

interface Block {
  readonly height: number
  readonly hash: string
}

/** `terrarium manager` as a process of its own. */
async function startManager(port: number): Promise<Program> {
  const program = new Program(await checkout(), ['dist/terrarium.js', 'manager', '--port', String(port)])
  await program.url()
  return program
}

test('killing and restarting the manager loses no module and no subscription', async () => {
  const port = await freePort()
  let manager = await startManager(port)
  const at = { url: `ws://127.0.0.1:${port}` }
  let count = 0
  const counters = ['a', 'b', 'c'].map((name) =>
    aModule(at, { name, methods: { [`${name}.count`]: { run: () => count, minEvent: 1 } } }),
  )
  const reader = aModule(at, { name: 'reader', dependencies: { Role_a: '1.0', Role_b: '1.0' } })
  await Promise.all([...counters, reader].map((module) => module.start()))
  const followed = ['a.count', 'b.count', 'c.count'].map((method) => ({
    method,
    updates: reader.subscribe(method),
  }))
  for (const { updates } of followed) expect((await updates.next()).value).toMatchObject({ value: 0 })
  for (let round = 1; round <= 3; round++) {
    await manager.kill('SIGKILL')
    count = 10 * round
    manager = await startManager(port)
    // What happened in between is told as it stands, and as a break.
    for (const { updates } of followed)
      expect((await updates.next()).value).toMatchObject({ value: 10 * round, missedEvents: true })
    count += 1
    for (const [i, { method, updates }] of followed.entries()) {
      counters[i]?.changed(method)
      expect((await updates.next()).value).toMatchObject({ value: 10 * round + 1, missedEvents: false })
      expect(await reader.call(method)).toBe(10 * round + 1)
    }
    expect(Object.keys(reader.dependencies).sort()).toEqual(['Role_a', 'Role_b'])
  }
}, 120_000)

test('a subscriber of blocks.last on a mining node gets every block once, in order, also across a kill of the node', async () => {
  const folder = join(await temporaryFolder(), 'node')
  const args = ['--mine', 'interval', '--mine-interval', '0.05']
  const node = await LiveNode.start(folder, args)
  const follower = aModule({ url: node.url.replace('http', 'ws') }, { name: 'follower' })
  await follower.start()
  const heights: number[] = []
  let breaks = 0
  let killed = -1
  let isBack: Promise<LiveNode> | undefined
  for await (const { value, missedEvents } of follower.subscribe('blocks.last')) {
    if (value === null) continue
    breaks += missedEvents ? 1 : 0
    heights.push((value as Block).height)
    if (heights.length === 10) {
      killed = heights.length
      await node.killHard()
      isBack = LiveNode.start(folder, args, node.port)
    }
    if (heights.length === 25) break
  }
  await isBack
  const inOrder = (part: readonly number[]) =>
    part.every((height, i) => i === 0 || height === (part[i - 1] ?? NaN) + 1)
  expect(inOrder(heights.slice(0, killed))).toBe(true)
  expect(inOrder(heights.slice(killed))).toBe(true)
  // Another run of a node knows nothing of the events of the one before, and says so.
  expect(breaks).toBe(1)
}, 120_000)

test('terrarium bus subscribe blocks.last on a running network prints each block as it comes', async () => {
  const node = await LiveNode.start(join(await temporaryFolder(), 'node'), [
    '--mine',
    'interval',
    '--mine-interval',
    '0.05',
  ])
  const url = node.url.replace('http', 'ws')
  const args = ['dist/terrarium.js', 'bus', 'subscribe', 'blocks.last', '--count', '12', '--url', url]
  const { stdout } = await run(process.execPath, args, { cwd: await checkout() })
  const blocks = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Block | null)
    .filter((block) => block !== null)
  const first = blocks[0]?.height ?? NaN
  expect(blocks.map(({ height }) => height)).toEqual(blocks.map((_, i) => first + i))
  for (const { height, hash } of blocks) expect(await node.get(`/blocks/${height}/`)).toMatchObject({ hash })
}, 60_000)

test('the example in Python is a module, with websockets from a fresh virtual environment', async () => {
  const python = await pythonWithWebsockets()
  const port = await freePort()
  await startManager(port)
  const url = `ws://127.0.0.1:${port}`
  const script = fileURLToPath(new URL('../../examples/bus/weather.py', import.meta.url))
  const child = spawn(python, [script, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  afterThisTest(() => child.kill())
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  expect(said.toString().trim()).toBe('registered')
  const client = await RawClient.negotiated(url)
  const id = client.request({ 'weather.now': { city: 'Lund' } }, { SubscriptionPeriod: '1' })
  expect(await client.response(id)).toMatchObject({
    ResponseStatus: 0,
    ResponseData: { 'weather.now': { city: 'Lund', temperature: 20 } },
  })
  expect(await client.ask({ 'weather.now': {} })).toMatchObject({ ResponseComment: 'Param null:city' })
  await waitFor('the second answer', () => client.responses(id).length === 2)
}, 180_000)

/** The interpreter of PYTHON, or python3, where it has the package; else that of an environment made for it. */
async function pythonWithWebsockets(): Promise<string> {
  const python = process.env['PYTHON'] ?? 'python3'
  const has = (interpreter: string) => run(interpreter, ['-c', 'import websockets.sync.client'])
  try {
    await has(python)
    return python
  } catch {
    const folder = join(await temporaryFolder(), 'venv')
    await run(python, ['-m', 'venv', folder])
    const own = join(folder, 'bin', 'python')
    await run(own, ['-m', 'pip', 'install', '--quiet', 'websockets'])
    return own
  }
}
