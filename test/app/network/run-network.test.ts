import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { nodeApi } from '../../../src/api/node-api.js'
import { keyOf, type NodeRecord } from '../../../src/nodes/record.js'
import { restClient } from '../../../src/rest/client.js'
import { DataFolder } from '../../../src/store/data-folder.js'
import { freeBasePort, isRunning, Launcher, untilGone } from './launcher.js'

jest.setTimeout(90_000)

const UP = /^network is up: (\d+) nodes? know each other \(\d+\.\d s\)$/m
let directory = ''
let launchers: Launcher[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'network-'))
  launchers = []
})

afterEach(async () => {
  for (const launcher of launchers) launcher.process.kill('SIGKILL')
  await untilGone(launchers.flatMap((launcher) => launcher.pids()))
  await rm(directory, { recursive: true })
})

function launch(...args: string[]): Launcher {
  const launcher = new Launcher('network', '--directory', directory, '--update-interval', '0.2', ...args)
  launchers.push(launcher)
  return launcher
}

const onFreePorts = ['--base-port', '0', '--dns-port', '0']

async function knownTo(url: string): Promise<NodeRecord[]> {
  const client = restClient(nodeApi, url, { timeoutMs: 5000 })
  try {
    return await client.call('nodes.list', {})
  } finally {
    client.close()
  }
}

/** What each node should know, by name: all clients but itself. */
async function whoKnowsWhom(launcher: Launcher): Promise<Record<string, string[]>> {
  const entries = [...launcher.nodes()].map(async ([name, { url }]): Promise<[string, string[]]> => {
    const known = await knownTo(url)
    return [name, known.map((record) => String(record.port)).sort()]
  })
  return Object.fromEntries(await Promise.all(entries))
}

test('each client comes to know the others, nobody stores itself or the seed server, and Ctrl-C leaves no process', async () => {
  const launcher = launch(...onFreePorts)
  expect((await launcher.until(UP))[1]).toBe('3')
  const clients = [...launcher.nodes().keys()].filter((name) => name !== 'dns').sort()
  expect(clients).toHaveLength(3)
  const known = await whoKnowsWhom(launcher)
  expect(known['dns']).toEqual(clients)
  for (const name of clients) expect(known[name]).toEqual(clients.filter((other) => other !== name))
  for (const { url } of launcher.nodes().values()) {
    await launcher.until(new RegExp(`  ${url}  ${url}/docs  process`))
    expect((await fetch(`${url}/docs`)).status).toBe(200)
  }
  launcher.process.kill('SIGINT')
  expect(await launcher.ended).toEqual({ code: 0, signal: null })
  expect(launcher.pids().filter(isRunning)).toEqual([])
  expect(launcher.stdout).toContain('all stopped')
  expect(launcher.stdout + launcher.stderr).not.toMatch(/\u001b/)
  expect(launcher.stderr).toBe('')
})

test('a network starts again from the same folders, and a closed terminal stops it', async () => {
  const base = await freeBasePort(3)
  const ports = ['--nodes', '2', '--base-port', String(base), '--dns-port', String(base + 2)]
  const first = launch(...ports)
  await first.until(UP)
  first.process.kill('SIGTERM')
  expect((await first.ended).code).toBe(0)
  const folders = [base, base + 1, base + 2].map((port) => `127.0.0.1_${port}`)
  expect(await readdir(directory)).toEqual(folders)
  const stored = JSON.parse(
    await readFile(join(directory, `127.0.0.1_${base}`, 'nodes.json'), 'utf8'),
  ) as NodeRecord[]
  expect(stored.map(keyOf)).toEqual([`127.0.0.1:${base + 1}`])
  const second = launch(...ports)
  expect((await second.until(UP))[1]).toBe('2')
  expect(await readdir(directory)).toEqual(folders)
  second.process.kill('SIGHUP')
  expect((await second.ended).code).toBe(0)
  expect(second.pids().filter(isRunning)).toEqual([])
})

test('a node that dies is named with its cause, and the network goes on; kill -9 of the launcher takes the rest along', async () => {
  const launcher = launch(...onFreePorts, '--nodes', '2')
  await launcher.until(UP)
  const pids = launcher.pids()
  const [name, node] = [...launcher.nodes()].at(-1) ?? ['', undefined]
  process.kill(node?.pid ?? 0, 'SIGKILL')
  await launcher.until(new RegExp(`^\\[${name}\\] was ended by SIGKILL; the network goes on$`, 'm'))
  expect(pids.filter(isRunning)).toEqual(pids.filter((pid) => pid !== node?.pid))
  launcher.process.kill('SIGKILL')
  expect((await launcher.ended).signal).toBe('SIGKILL')
  await untilGone(pids)
})

test('a node that does not stop in time is killed and named', async () => {
  const launcher = launch(...onFreePorts, '--nodes', '1')
  await launcher.until(UP)
  const [name, node] = [...launcher.nodes()].at(-1) ?? ['', undefined]
  process.kill(node?.pid ?? 0, 'SIGSTOP')
  launcher.process.kill('SIGINT')
  expect((await launcher.ended).code).toBe(0)
  expect(launcher.stdout).toContain(`killed ${name}: no stop in time`)
  expect(launcher.pids().filter(isRunning)).toEqual([])
})

test('a second Ctrl-C kills at once, but one that npm passes on a second time is the first', async () => {
  const launcher = launch(...onFreePorts, '--nodes', '1')
  await launcher.until(UP)
  const node = [...launcher.nodes().values()].at(-1)
  process.kill(node?.pid ?? 0, 'SIGSTOP')
  launcher.process.kill('SIGINT')
  await launcher.until(/^stopping 2 processes \(SIGINT\)$/m)
  launcher.process.kill('SIGINT')
  await delay(600)
  expect(launcher.process.exitCode).toBeNull()
  launcher.process.kill('SIGINT')
  expect((await launcher.ended).code).toBe(130)
  await untilGone(launcher.pids())
})

test('a port that is taken is named before anything starts', async () => {
  const base = await freeBasePort(3)
  const other = createServer().listen(base + 1, '127.0.0.1')
  await once(other, 'listening')
  const launcher = launch('--base-port', String(base), '--dns-port', '0')
  expect((await launcher.ended).code).toBe(1)
  expect(launcher.stderr).toBe(
    `terrarium network: port ${base + 1} of 127.0.0.1 is taken by another program; choose another with --base-port\n`,
  )
  expect(await readdir(directory)).toEqual([])
  await new Promise((resolve) => other.close(resolve))
})

test('a node that cannot have its folder says why under its name, and no other is left', async () => {
  const base = await freeBasePort(2)
  const folder = await DataFolder.open(join(directory, `127.0.0.1_${base + 1}`))
  const launcher = launch('--nodes', '2', '--base-port', String(base), '--dns-port', '0')
  expect((await launcher.ended).code).toBe(1)
  const reason = `client: the folder ${folder.path} is in use by process ${process.pid}`
  expect(launcher.stderr).toContain(`[${base + 1}] ${reason}`)
  expect(launcher.stderr).toContain(`terrarium network: ${base + 1} did not start: ${reason}`)
  expect(launcher.pids().length).toBeGreaterThan(0)
  expect(launcher.pids().filter(isRunning)).toEqual([])
  await folder.close()
})

test('when nobody reads the output any more, the network stops', async () => {
  const launcher = launch(...onFreePorts, '--nodes', '1')
  await launcher.until(UP)
  const pids = launcher.pids()
  launcher.process.stdout?.destroy()
  process.kill(pids[0] ?? 0, 'SIGKILL')
  await once(launcher.process, 'exit')
  await untilGone(pids)
})
