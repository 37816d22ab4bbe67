import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { DataFolder } from '../../../src/store/data-folder.js'
import { AGREED, freeBasePort, isRunning, Launcher, UP, untilGone } from '../../app/network/launcher.js'

jest.setTimeout(90_000)

/** The nodes of one network, 3 clients and a seed server, run twice from the same folders. */
describe('a network', () => {
  let directory = ''
  let base = 0
  let first: Launcher
  let second: Launcher | undefined
  let lastHeight = 0

  const launch = (): Launcher =>
    new Launcher(
      ...['network', '--directory', directory, '--update-interval', '0.1', '--block-time', '1'],
      ...['--base-port', String(base), '--dns-port', String(base + 3)],
    )
  const ask = async (url: string): Promise<unknown> => (await fetch(url)).json()
  const clientNames = (): string[] => [0, 1, 2].map((index) => String(base + index))

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'network-'))
    base = await freeBasePort(4)
    first = launch()
    await first.until(UP)
    await first.until(AGREED)
  })

  afterAll(async () => {
    const launchers = second ? [first, second] : [first]
    for (const launcher of launchers) launcher.process.kill('SIGKILL')
    await untilGone(launchers.flatMap((launcher) => launcher.pids()))
    await rm(directory, { recursive: true })
  })

  test('is up when each client knows the others; nobody stores itself or the seed server', async () => {
    expect((await first.until(UP))[1]).toBe('3')
    const known = new Map<string, string[]>()
    for (const [name, { url }] of first.nodes()) {
      const records = (await ask(`${url}/nodes/`)) as { port: number }[]
      known.set(name, records.map(({ port }) => String(port)).sort())
    }
    expect(known.get('dns')).toEqual(clientNames())
    for (const name of clientNames())
      expect(known.get(name)).toEqual(clientNames().filter((other) => other !== name))
  })

  test('lists where each node answers and documents itself', async () => {
    for (const { url } of first.nodes().values()) {
      await first.until(new RegExp(`  ${url}  ${url}/docs  process`))
      expect((await fetch(`${url}/docs`)).status).toBe(200)
    }
  })

  test('founds a chain that its seed server names, and one of its nodes mines it', async () => {
    expect(first.stdout).toMatch(/^a new chain: terrarium, a block every 1 s for 50 coins$/m)
    const [seedUrl, ...urls] = ['dns', ...clientNames()].map((name) => first.nodes().get(name)?.url ?? '')
    for (const url of [seedUrl, ...urls])
      expect(await ask(`${url}/blockchain/`)).toMatchObject({ name: 'terrarium', block_time: 1 })
    const modes = urls.map(async (url) => ((await ask(`${url}/mining/`)) as { mode: string }).mode)
    expect(await Promise.all(modes)).toEqual(['interval', 'off', 'off'])
  })

  test('tells a tip on which all agree in one line, not more than once', async () => {
    const [, , heightNow] = await first.until(AGREED)
    await first.untilAgreed(3, Number(heightNow) + 2)
    const tips = first.agreements().map(({ height }) => height)
    expect(tips).toEqual([...new Set(tips)].sort((a, b) => a - b))
    expect(tips[0]).toBeGreaterThanOrEqual(5)
  })

  test('leaves no process and no control characters behind after Ctrl-C', async () => {
    first.process.kill('SIGINT')
    expect(await first.ended).toEqual({ code: 0, signal: null })
    expect(first.pids().filter(isRunning)).toEqual([])
    expect(first.stdout).toContain('all stopped')
    expect(first.stdout + first.stderr).not.toMatch(/\u001b/)
    expect(first.stderr).toBe('')
    lastHeight = first.agreements().at(-1)?.height ?? NaN
  })

  test('starts again from the same folders, and its chain goes on', async () => {
    const folders = [...clientNames(), String(base + 3)].map((port) => `127.0.0.1_${port}`)
    expect(await readdir(directory)).toEqual(folders)
    const blockFile = join(directory, `127.0.0.1_${base}`, 'blocks', 'block1.json')
    const block = await readFile(blockFile, 'utf8')
    second = launch()
    expect((await second.until(UP))[1]).toBe('3')
    expect(second.stdout).toMatch(/^the chain goes on: terrarium, a block every 1 s for 50 coins$/m)
    const [, , height] = await second.until(AGREED)
    expect(Number(height)).toBeGreaterThanOrEqual(lastHeight)
    expect(await readFile(blockFile, 'utf8')).toBe(block)
    expect(await readdir(directory)).toEqual(folders)
  })

  test('names a node that dies and its cause, and goes on: another one mines', async () => {
    const pids = second?.pids() ?? []
    const miner = second?.nodes().get(String(base))?.pid ?? 0
    const heightBefore = second?.agreements().at(-1)?.height ?? NaN
    process.kill(miner, 'SIGKILL')
    await second?.until(new RegExp(`^\\[${base}\\] was ended by SIGKILL; the network goes on$`, 'm'))
    expect(pids.filter(isRunning)).toEqual(pids.filter((pid) => pid !== miner))
    await second?.untilAgreed(2, heightBefore + 2)
  })

  test('ends with its launcher, even by kill -9', async () => {
    const pids = second?.pids() ?? []
    second?.process.kill('SIGKILL')
    expect((await second?.ended)?.signal).toBe('SIGKILL')
    await untilGone(pids)
  })
})

describe('a network that cannot start', () => {
  let directory = ''

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'network-'))
  })

  afterAll(() => rm(directory, { recursive: true }))

  test('names a port that is taken before anything starts', async () => {
    const base = await freeBasePort(3)
    const other = createServer().listen(base + 1, '127.0.0.1')
    await once(other, 'listening')
    const launcher = new Launcher(
      ...['network', '--directory', directory, '--base-port', String(base), '--dns-port', '0'],
    )
    expect((await launcher.ended).code).toBe(1)
    expect(launcher.stderr).toBe(
      `terrarium network: port ${base + 1} of 127.0.0.1 is taken by another program; choose another with --base-port\n`,
    )
    expect(await readdir(directory)).toEqual([])
    await new Promise((resolve) => other.close(resolve))
  })

  test('says under a node’s name why that one cannot have its folder, and leaves no other', async () => {
    const base = await freeBasePort(1)
    const folder = await DataFolder.open(join(directory, `127.0.0.1_${base}`))
    const launcher = new Launcher(
      ...['network', '--directory', directory, '--nodes', '1'],
      ...['--base-port', String(base), '--dns-port', '0'],
    )
    expect((await launcher.ended).code).toBe(1)
    const reason = `client: the folder ${folder.path} is in use by process ${process.pid}`
    expect(launcher.stderr).toContain(`[${base}] ${reason}`)
    expect(launcher.stderr).toContain(`terrarium network: ${base} did not start: ${reason}`)
    expect(launcher.pids().length).toBeGreaterThan(0)
    expect(launcher.pids().filter(isRunning)).toEqual([])
    await folder.close()
  })
})
