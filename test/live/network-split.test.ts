import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { AGREED, Launcher, untilGone } from '../app/network/launcher.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { expectVerified, LiveNode, type Status } from './live-node.js'

jest.setTimeout(180_000)

const PATIENCE_MS = 60_000

async function statusAt(url: string): Promise<Status> {
  return (await (await fetch(`${url}/sync/status/`)).json()) as Status
}

async function call(url: string, verb: string, path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}${path}`, { method: verb, body: JSON.stringify(body), headers })
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

test('a node of the launched network is killed, mines on its own and comes back: all agree, and every folder passes', async () => {
  const directory = await temporaryFolder()
  const launcher = new Launcher(
    ...['network', '--directory', directory, '--nodes', '3', '--base-port', '0', '--dns-port', '0'],
    ...['--update-interval', '0.2', '--block-time', '1'],
  )
  afterThisTest(async () => {
    launcher.process.kill('SIGKILL')
    await untilGone(launcher.pids())
  })
  await launcher.until(AGREED)
  const nodes = launcher.nodes()
  const seed = new URL(nodes.get('dns')?.url ?? '').port
  const clients = [...nodes].filter(([name]) => name !== 'dns')
  const [name = '', victim] = clients.at(-1) ?? []
  if (!victim) throw new Error('the network has no node')
  const others = clients.slice(0, -1).map(([, { url }]) => url)

  process.kill(victim.pid, 'SIGKILL')
  await untilGone([victim.pid])
  await launcher.until(new RegExp(`forgot ${name}`))
  const folder = join(directory, `127.0.0.1_${name}`)
  const alone = await LiveNode.start(folder, ['--nodes', 'alone.json'], Number(name))
  const fork = (await alone.status()).height
  await alone.send('POST', '/mining/', { count: 3 })
  const own = await alone.status()
  await waitFor(
    'the others to be far ahead',
    async () => (await Promise.all(others.map(statusAt))).every(({ height }) => height >= fork + 8),
    PATIENCE_MS,
  )
  expect(own.height).toBe(fork + 3)
  await alone.program.kill('SIGTERM')

  const back = await LiveNode.start(folder, ['--dns_ip', '127.0.0.1', '--dns_port', seed], Number(name))
  for (const url of others) await call(url, 'PUT', '/mining/', { mode: 'off' })
  const all = [...others, back.url]
  await waitFor(
    'all to agree',
    async () => new Set((await Promise.all(all.map(statusAt))).map(({ tip }) => tip)).size === 1,
    PATIENCE_MS,
  )
  expect((await back.status()).tip).not.toBe(own.tip)

  await back.program.kill('SIGTERM')
  launcher.process.kill('SIGINT')
  expect((await launcher.ended).code).toBe(0)
  const folders = (await readdir(directory)).filter((each) => !each.endsWith(`_${seed}`))
  expect(folders).toHaveLength(3)
  for (const each of folders) await expectVerified(join(directory, each))
})
