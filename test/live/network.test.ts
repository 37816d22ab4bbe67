import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import type { NodeRecord } from '../../src/nodes/record.js'
import { checkout, freePort, Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'

jest.setTimeout(60_000)

const run = promisify(execFile)
const curl = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await run('curl', ['--silent', '--max-time', '5', ...args])).stdout)

const node = (port: number): NodeRecord => ({ ip_address: '127.0.0.1', port })
const portsAt = async (url: string): Promise<number[]> =>
  ((await curl(`${url}/nodes/`)) as NodeRecord[]).map(({ port }) => port).sort()

/** Waits until each of the URLs lists exactly its ports. */
async function expectLists(
  lists: readonly (readonly [url: string, ports: readonly number[]])[],
): Promise<void> {
  for (const [url, ports] of lists) {
    const wanted = JSON.stringify([...ports].sort())
    await waitFor(`${url} to list ${wanted}`, async () => JSON.stringify(await portsAt(url)) === wanted)
  }
}

test('the walkthrough by the original commands; a node and the seed server die by kill -9 and come back', async () => {
  const cwd = await checkout()
  const seedPort = await freePort()
  const [one, two, three] = [await freePort(), await freePort(), await freePort()]
  const urlOf = (port: number) => `http://127.0.0.1:${port}`
  const startSeed = () => new Program(cwd, ['dist/dns.js', '--port', String(seedPort), '-u', '0.2'])
  const startClient = (port: number) =>
    new Program(cwd, [
      'dist/client.js',
      '-p',
      String(port),
      '-bf',
      'blocks',
      '-bt',
      'block',
      '-dp',
      String(seedPort),
      '-u',
      '0.2',
    ])

  const seed = startSeed()
  expect(await seed.url()).toBe(urlOf(seedPort))
  const clients = new Map([one, two].map((port) => [port, startClient(port)]))
  await expectLists([
    [urlOf(seedPort), [one, two]],
    [urlOf(one), [two]],
    [urlOf(two), [one]],
  ])
  expect(await curl('-X', 'POST', urlOf(one))).toEqual(node(one))
  expect(await curl('-X', 'GET', '-d', JSON.stringify(node(two)), `${urlOf(one)}/nodes/`)).toEqual([
    node(two),
  ])
  expect(await curl(`${urlOf(one)}/blockchain/`)).toMatchObject({ name: 'test_blockchain', height: -1 })
  expect((await readdir(join(cwd, 'nodes'))).sort()).toEqual(
    [seedPort, one, two].map((port) => `127.0.0.1_${port}`).sort(),
  )
  expect(await readdir(join(cwd, 'nodes', `127.0.0.1_${one}`))).toEqual(
    expect.arrayContaining(['blockchain.json', 'blocks', 'nodes.json']),
  )

  clients.set(three, startClient(three))
  await expectLists([
    [urlOf(seedPort), [one, two, three]],
    [urlOf(one), [two, three]],
    [urlOf(two), [one, three]],
    [urlOf(three), [one, two]],
  ])

  await clients.get(two)?.kill('SIGKILL')
  await expectLists([
    [urlOf(seedPort), [one, three]],
    [urlOf(one), [three]],
    [urlOf(three), [one]],
  ])

  await seed.kill('SIGKILL')
  await waitFor('a client to notice', async () =>
    ((await curl(`${urlOf(one)}/health`)) as { seed_reachable: boolean }).seed_reachable ? false : true,
  )
  await expectLists([
    [urlOf(one), [three]],
    [urlOf(three), [one]],
  ])

  const onDisk = JSON.parse(
    await readFile(join(cwd, 'nodes', `127.0.0.1_${seedPort}`, 'nodes.json'), 'utf8'),
  ) as NodeRecord[]
  expect(onDisk.map(({ port }) => port).sort()).toEqual([one, three].sort())
  await startSeed().url()
  expect(await portsAt(urlOf(seedPort))).toEqual([one, three].sort())

  startClient(two)
  await expectLists([
    [urlOf(seedPort), [one, two, three]],
    [urlOf(one), [two, three]],
    [urlOf(two), [one, three]],
    [urlOf(three), [one, two]],
  ])
})

test('a client without -p takes a free port of its range, a second one another, and each keeps its own', async () => {
  const cwd = await checkout()
  const args = ['dist/client.js', '-dp', String(await freePort())]
  const portOf = async (program: Program) => Number(new URL(await program.url()).port)
  const first = new Program(cwd, args)
  const firstPort = await portOf(first)
  const second = new Program(cwd, args)
  const secondPort = await portOf(second)
  expect(firstPort).not.toBe(secondPort)
  for (const port of [firstPort, secondPort]) {
    expect(port).toBeGreaterThanOrEqual(50_000)
    expect(port).toBeLessThan(60_000)
  }
  await Promise.all([first.kill('SIGKILL'), second.kill('SIGTERM')])
  const again = [new Program(cwd, args), new Program(cwd, args)]
  expect((await Promise.all(again.map(portOf))).sort()).toEqual([firstPort, secondPort].sort())
  expect((await readdir(join(cwd, 'nodes'))).sort()).toEqual(
    [firstPort, secondPort].map((port) => `127.0.0.1_${port}`).sort(),
  )
})
