import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { DEFAULT_LIMITS } from '../../src/p2p/download/limits.js'
import { PROTOCOL_FAULTS } from '../../src/p2p/errors.js'
import { sha256d, toDisplay } from '../../src/p2p/hash.js'
import { resolveOptions } from '../../src/p2p/headers/store-options.js'
import { managerSettings } from '../../src/p2p/manager/options.js'
import { bsv } from '../../src/p2p/networks/bsv.js'
import { peerSettings } from '../../src/p2p/peer/options.js'
import { coinbaseTx } from '../p2p/kit/coinbase.js'
import { FakeNode } from '../p2p/kit/fake-node.js'
import { TestChain } from '../p2p/kit/test-chain.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'

jest.setTimeout(30_000)

const network = bsv.regtest
const page = await readFile(join(PACKAGE_ROOT, 'docs', 'p2p.md'), 'utf8')
const chain = TestChain.mine(network, 12)
const raw = coinbaseTx(7, 0)
const txid = toDisplay(sha256d(raw))

/** The programs of the page: each piece that imports something begins a new one. */
function programs(): string[] {
  const found: string[] = []
  for (const [, code = ''] of page.matchAll(/^```js\n([\s\S]*?)^```$/gm)) {
    if (code.startsWith('import ')) found.push(code)
    else found.push(`${found.pop() ?? ''}\n${code}`)
  }
  return found
}

/** Runs a program of the page in a folder where the package is installed, against a node of ours. */
async function start(number: number): Promise<{ node: FakeNode; program: Program }> {
  const cwd = await temporaryFolder()
  await mkdir(join(cwd, 'node_modules'))
  await symlink(PACKAGE_ROOT, join(cwd, 'node_modules', 'terrarium'))
  const node = await FakeNode.start({ network, chain })
  afterThisTest(() => node.close())
  const code = programs()[number]?.replaceAll('127.0.0.1:18444', `${node.host}:${node.port}`) ?? ''
  await writeFile(join(cwd, 'program.mjs'), code)
  await writeFile(join(cwd, 'tx.raw'), raw)
  return { node, program: new Program(cwd, ['program.mjs']) }
}

const printed = (program: Program, text: string): Promise<boolean> =>
  waitFor(text, () => program.text().includes(text))

test('the quick start of docs/p2p.md syncs, follows, fetches, downloads and broadcasts', async () => {
  const { node, program } = await start(0)
  await printed(program, `12 new headers, the tip is ${toDisplay(chain.hash(12))}`)
  const longer = chain.fork(11, 2, { salt: 1 })
  node.follow(longer)
  node.announce('headers')
  await printed(program, `gone: ${toDisplay(chain.hash(12))}\ntip: 13 ${toDisplay(longer.hash(13))}`)
  const { code, stdout, stderr } = await program.kill('SIGINT')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const size = longer.block(1).length
  expect(stdout).toContain(`1 transactions, the first at byte 81 of ${size}\nblock 1: ${size} bytes`)
  expect(stdout).toContain(`block 13: ${size} bytes\n${txid}: 1 peers have it`)
})

test('the handlers of docs/p2p.md await a request, and are told of blocks', async () => {
  const { node, program } = await start(1)
  await node.received('verack')
  node.relayTx(raw)
  await printed(program, `${txid}: ${raw.length} bytes`)
  void (await node.connection()).sendPayload('block', chain.block(3))
  await printed(program, `${toDisplay(chain.hash(3))} is whole and verified: small`)
  expect(await program.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' })
})

test('networks are defined as docs/p2p.md says', async () => {
  const { program } = await start(2)
  expect(await program.ended).toMatchObject({
    code: 0,
    stdout: 'headers.ours and headers.our-signet',
    stderr: '',
  })
})

test('the figures of docs/p2p.md count what comes and goes', async () => {
  const { node, program } = await start(3)
  const { code, stdout, stderr } = await program.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain(`verack to ${node.host}:${node.port}`)
  expect(stdout).toMatch(/\d+ messages of [1-9]\d+ bytes/)
})

describe('the tables of docs/p2p.md', () => {
  const rows = new Map(
    [...page.matchAll(/^\| `(\w+)` +\| (\S+)/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll('`', ''),
    ]),
  )

  test('have the defaults of the code, and every option that has a number or a yes or no', () => {
    const settings: Record<string, unknown> = {
      ...peerSettings({ network, host: 'a' }),
      ...managerSettings({ network }),
      ...resolveOptions({ network, directory: '.' }),
      ...DEFAULT_LIMITS,
    }
    const plain = Object.entries(settings).filter(
      ([name, value]) =>
        name !== 'port' && name !== 'id' && name !== 'chunkBytes' && /^[nb]/.test(typeof value),
    )
    expect(plain.length).toBeGreaterThan(25)
    for (const [name, value] of plain) expect([name, rows.get(name)]).toEqual([name, String(value)])
  })

  test('have every fault with its points', () => {
    const told = [...page.matchAll(/^\| (\d+) +\| ([a-z_, ]+) \|$/gm)].flatMap(([, points, names = '']) =>
      names
        .trim()
        .split(', ')
        .map((name): [string, number] => [name, Number(points)]),
    )
    expect(Object.fromEntries(told)).toEqual(PROTOCOL_FAULTS)
  })
})
