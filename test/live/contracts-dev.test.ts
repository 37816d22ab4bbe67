import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { freePort } from '../support/program.js'
import { terrarium } from '../support/terrarium.js'
import { waitFor } from '../support/wait-for.js'
import { LiveNode } from './live-node.js'

jest.setTimeout(180_000)

const PATIENCE_MS = 60_000

/** `terrarium contract dev` in a process of its own, and what it prints. */
class Dev {
  readonly #child: ChildProcessWithoutNullStreams
  readonly ended: Promise<unknown[]>
  text = ''

  constructor(args: readonly string[], cwd: string) {
    this.#child = spawn(
      process.execPath,
      [join(PACKAGE_ROOT, 'dist', 'terrarium.js'), 'contract', 'dev', ...args],
      {
        cwd,
        env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
      },
    )
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk))
    this.ended = once(this.#child, 'close')
    afterThisTest(async () => {
      this.#child.kill('SIGKILL')
      await this.ended
    })
  }

  async said(what: string | RegExp, times = 1): Promise<void> {
    const pattern = new RegExp(what, 'g')
    await waitFor(
      `${String(what)}, ${times} times, in\n${this.text}`,
      () => [...this.text.matchAll(pattern)].length >= times,
      PATIENCE_MS,
    )
  }

  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT')
    const [code] = await this.ended
    return code as number | null
  }
}

const contract = (args: readonly string[], cwd: string) => terrarium(['contract', ...args], { cwd })

test('a new contract passes its tests, runs with dev against a node, is called, changes, and ends with Ctrl-C', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const node = await LiveNode.start(join(folder, 'node'), [
    '--contract-port',
    String(port),
    '--mine',
    'auto',
    '--gather-time',
    '0.02',
  ])
  expect(await contract(['new', 'hello'], folder)).toMatchObject({ code: 0, stderr: '' })
  const hello = join(folder, 'hello')
  const { stdout: tested } = await promisify(execFile)('npm', ['test'], { cwd: hello })
  expect(tested).toMatch(/# pass 4/)

  const dev = new Dev(['hello', '--node', node.url], folder)
  await dev.said('hello:1\\.0\\.0 is ready')
  const asked = ['--node', node.url]
  const created = await contract(['invoke', 'hello', 'create', 'a1', 'Ann', ...asked], folder)
  expect(created).toMatchObject({ code: 0, stderr: expect.stringMatching(/in block \d+/) as unknown })
  const read = await contract(['evaluate', 'hello', 'read', 'a1', ...asked], folder)
  expect(JSON.parse(read.stdout)).toEqual({ id: 'a1', owner: 'Ann' })
  await dev.said(/invoke +create 200/)
  await dev.said(/committed VALID in block/)
  await dev.said(/event +created a1/)
  expect((await contract(['show', 'hello', ...asked], folder)).stdout).toMatch(
    /transfer\(id: string, newOwner: string\)/,
  )
  expect((await contract(['events', 'hello', ...asked], folder)).stdout).toMatch(
    /^\d+ {2}created {2}a1 {2}[0-9a-f]{64}\n$/,
  )

  const source = join(hello, 'src', 'asset-contract.ts')
  await writeFile(
    source,
    (await readFile(source, 'utf8')).replace('there is no asset', 'nobody knows an asset'),
  )
  await dev.said('hello:1\\.0\\.0 is ready', 2)
  const refused = await contract(['evaluate', 'hello', 'read', 'a9', ...asked], folder)
  expect(refused).toMatchObject({
    code: 1,
    stderr: 'terrarium contract evaluate: nobody knows an asset a9\n',
  })

  await dev.interrupt()
  await waitFor('the contract to be gone', async () => {
    const { contracts } = (await node.get('/contracts/')) as { contracts: { connected: boolean }[] }
    return contracts.every(({ connected }) => !connected)
  })
})

test('dev starts a node where none runs, calls are answered, and Ctrl-C leaves nothing running', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  await contract(['new', 'hello'], folder)
  const dev = new Dev(['hello', '--port', String(port)], folder)
  const url = `http://127.0.0.1:${port}`
  await dev.said(`no node runs at ${url}: starting one`)
  await dev.said('hello:1\\.0\\.0 is ready')
  await dev.said(`call it: +terrarium contract invoke hello FUNCTION ARGUMENTS --node ${url}`)
  const created = await contract(['invoke', 'hello', 'create', 'a1', 'Ann', '--node', url], folder)
  expect(created).toMatchObject({ code: 0, stderr: expect.stringMatching(/in block \d+/) as unknown })
  const nodeFolder = join(folder, 'nodes', `127.0.0.1_${port}`)
  const pid = Number((await readFile(join(nodeFolder, 'lock'), 'utf8')).split(' ')[0])
  expect(await readdir(join(nodeFolder, 'blocks'))).toContain('block1.json')
  process.kill(pid, 0)

  expect(await dev.interrupt()).toBe(0)
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(dev.text).not.toMatch(/the node is gone|the contract is gone/)
})

/** The commands of the README's contracts, without the program's own name. */
async function commandsOfReadme(): Promise<string[][]> {
  const text = await readFile(join(PACKAGE_ROOT, 'README.md'), 'utf8')
  const chapter = /^## Contracts$([\s\S]*?)^## /m.exec(text)?.[1] ?? ''
  const block = /^```\n([\s\S]*?)^```$/m.exec(chapter)?.[1] ?? ''
  return [...block.matchAll(/^node dist\/terrarium\.js contract ([^#\n]*)/gm)].map(([, words = '']) =>
    words.trim().split(/ +/),
  )
}

test('whoever does what the README says of contracts has one that answers', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const [make, develop, invoke, evaluate, ...more] = await commandsOfReadme()
  expect(more).toEqual([])
  expect([make, develop, invoke, evaluate].map((words) => words?.[0])).toEqual([
    'new',
    'dev',
    'invoke',
    'evaluate',
  ])
  const asked = ['--node', `http://127.0.0.1:${port}`]
  expect(await contract(make ?? [], folder)).toMatchObject({ code: 0, stderr: '' })
  const dev = new Dev([...(develop ?? []).slice(1), '--port', String(port)], folder)
  await dev.said(' is ready')
  const created = await contract([...(invoke ?? []), ...asked], folder)
  expect(created).toMatchObject({ code: 0, stderr: expect.stringMatching(/in block \d+/) as unknown })
  const read = await contract([...(evaluate ?? []), ...asked], folder)
  expect(read).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(read.stdout)).toEqual({ id: 'a1', owner: 'Ann' })
  expect(await dev.interrupt()).toBe(0)
})

test('a contract that cannot be made where it is wanted is an error that names the folder', async () => {
  const folder = await temporaryFolder()
  const refused = await contract(['new', 'hello', '--out', '/proc/x'], folder)
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toMatch(/^terrarium contract new: cannot make the folder \/proc\/x: .*\n$/)
})

test('dev ends, and fails, when the node that it started is killed', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  await contract(['new', 'hello'], folder)
  const dev = new Dev(['hello', '--port', String(port)], folder)
  await dev.said('hello:1\\.0\\.0 is ready')
  const lock = await readFile(join(folder, 'nodes', `127.0.0.1_${port}`, 'lock'), 'utf8')
  process.kill(Number(lock.split(' ')[0]), 'SIGKILL')
  const [code] = await dev.ended
  expect(code).toBe(1)
  expect(dev.text).toMatch(/the node is gone: it was ended by SIGKILL/)
})

test('dev refuses what is no contract, and a node that was named and does not run', async () => {
  const folder = await temporaryFolder()
  const [port, taken] = [await freePort(), await freePort()]
  const missing = await contract(
    ['dev', join(PACKAGE_ROOT, 'test/live/asset'), '--node', `http://127.0.0.1:${taken}`],
    folder,
  )
  expect(missing).toMatchObject({ code: 1 })
  expect(missing.stderr).toMatch(/has no script "start"/)
  await contract(['new', 'hello'], folder)
  const nobody = await contract(['dev', 'hello', '--node', `http://127.0.0.1:${port}`], folder)
  expect(nobody.stderr).toMatch(
    /nobody answers at http:\/\/127\.0\.0\.1:\d+; without --node a node is started/,
  )
})

test('an identity for Fabric’s clients is made beside the node, which never sees the key', async () => {
  const folder = await temporaryFolder()
  const port = await freePort()
  const node = await LiveNode.start(join(folder, 'node'), ['--contract-port', String(port)])
  const made = await contract(
    ['identity', 'ann', '--out', 'ann', '--attributes', 'role=auditor', '--node', node.url],
    folder,
  )
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.stdout).toMatch(new RegExp(`^export PEER_ENDPOINT=127.0.0.1:${port}$`, 'm'))
  expect(made.stdout).toMatch(/^export MSP_ID=Org1MSP$/m)
  expect(await readFile(join(folder, 'ann', 'msp', 'keystore', 'key.pem'), 'utf8')).toMatch(
    /BEGIN PRIVATE KEY/,
  )
  const unknown = await contract(['identity', 'bob', '--msp', 'NoMSP', '--node', node.url], folder)
  expect(unknown.stderr).toMatch(/this node hosts Org1MSP, Org2MSP, not NoMSP/)
})

test('mistakes on the command line are told with their cure', async () => {
  const folder = await temporaryFolder()
  const stderrOf = async (...args: string[]): Promise<string> => (await contract(args, folder)).stderr
  expect(await stderrOf('invoke')).toMatch(/the contract is missing: <contract> <function> \[args\.\.\]/)
  expect(await stderrOf('list', 'too', 'many')).toMatch(/a word too many: too/)
  expect(await stderrOf('list', '--node', 'nowhere')).toMatch(/--node takes an address such as http:/)
  expect(await stderrOf('list', '--node', 'http://127.0.0.1:1')).toMatch(
    /nobody answers .* "terrarium contract dev/,
  )
  expect(await stderrOf('new', 'Not A Name')).toMatch(/lower-case letters/)
  expect(await stderrOf('evaluate', 'a', 'b', '--transient', '{')).toMatch(/--transient/)
  expect(await stderrOf('connect', 'a:1')).toMatch(/name a connection\.json, or give --remove/)
  for (const name of [
    'new',
    'dev',
    'list',
    'show',
    'invoke',
    'evaluate',
    'events',
    'deploy',
    'connect',
    'identity',
  ])
    expect((await contract([name, '--help'], folder)).stdout).toMatch(
      new RegExp(`^Usage: terrarium contract ${name}`),
    )
})
