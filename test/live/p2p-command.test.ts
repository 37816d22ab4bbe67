import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { sha256d, toDisplay } from '../../src/p2p/hash.js'
import { bsv } from '../../src/p2p/networks/bsv.js'
import { coinbaseTx } from '../p2p/kit/coinbase.js'
import { FakeNode, type FakeNodeOptions } from '../p2p/kit/fake-node.js'
import { TestChain } from '../p2p/kit/test-chain.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { Program } from '../support/program.js'
import { terrarium } from '../support/terrarium.js'
import { waitFor } from '../support/wait-for.js'

jest.setTimeout(30_000)

const chain = TestChain.mine(bsv.regtest, 30)

async function fakeNode(options: Partial<FakeNodeOptions> = {}): Promise<FakeNode> {
  const node = await FakeNode.start({ network: bsv.regtest, chain, ...options })
  afterThisTest(() => node.close())
  return node
}

const at = (...nodes: readonly FakeNode[]): string[] => [
  ...['--network', 'regtest'],
  ...['--peer', nodes.map(({ host, port }) => `${host}:${port}`).join(',')],
]

test('headers fetches all there are and keeps them: the next run has nothing to fetch', async () => {
  const cwd = await temporaryFolder()
  const node = await fakeNode()
  const first = await terrarium(['p2p', 'headers', ...at(node)], { cwd })
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toContain(`regtest is at height 30: ${toDisplay(chain.hash(30))}\n30 new headers in `)
  expect((await readdir(join(cwd, 'p2p'))).sort()).toEqual(
    expect.arrayContaining(['headers.regtest', 'peers.regtest.json']),
  )
  const second = await terrarium(['p2p', 'headers', '--json', ...at(node)], { cwd })
  expect(JSON.parse(second.stdout)).toMatchObject({
    network: 'regtest',
    height: 30,
    hash: toDisplay(chain.hash(30)),
    added: 0,
  })
})

test('follow prints each new tip and each reorg, and ends with Ctrl-C', async () => {
  const cwd = await temporaryFolder()
  const node = await fakeNode()
  const program = new Program(cwd, [
    join(PACKAGE_ROOT, 'dist', 'terrarium.js'),
    ...['p2p', 'follow', '--json', ...at(node)],
  ])
  const seen = (height: number): Promise<unknown> =>
    waitFor(`height ${height}`, () => program.text().includes(`"height":${height},`) || undefined)
  await seen(30)
  const longer = chain.fork(25, 7, { salt: 1 })
  node.follow(longer)
  node.announce('headers')
  await seen(32)
  const { code, stdout, stderr } = await program.kill('SIGINT')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [tip, moved] = stdout.split('\n').map((line) => JSON.parse(line) as { hash: string; reorg?: object })
  expect(tip).toMatchObject({ hash: toDisplay(chain.hash(30)) })
  expect(moved).toMatchObject({ hash: toDisplay(longer.hash(32)), reorg: { common_height: 25 } })
})

test('peers lists who is there and what they say of themselves, however slow they are', async () => {
  const slow = { userAgent: '/Bitcoin SV:1.1.0/', script: { silent: ['ping'] } }
  const nodes = [await fakeNode(), await fakeNode(slow)]
  const cwd = await temporaryFolder()
  const { code, stdout } = await terrarium(['p2p', 'peers', '--json', ...at(...nodes)], { cwd })
  expect(code).toBe(0)
  const found = JSON.parse(stdout) as { address: string }[]
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`)
  expect(addresses.map((address) => found.find((each) => each.address === address))).toMatchObject([
    { user_agent: '/Bitcoin SV:1.2.2/', height: 30, ping_ms: expect.any(Number) },
    { user_agent: '/Bitcoin SV:1.1.0/', height: 30, ping_ms: null },
  ])
  expect(found).toHaveLength(2)
})

test('block downloads blocks by height or hash, and keeps them in files where that is wanted', async () => {
  const cwd = await temporaryFolder()
  const node = await fakeNode()
  const run = await terrarium(['p2p', 'block', '3', '--to', '5', '--out', 'raw', ...at(node)], { cwd })
  const names = [3, 4, 5].map((height) => toDisplay(chain.hash(height)))
  expect(run.code).toBe(0)
  expect(run.stdout.split('\n').map((line) => line.split('  ')[1])).toEqual([...names, undefined])
  expect((await readdir(join(cwd, 'raw'))).sort()).toEqual(names.map((name) => `${name}.block`).sort())
  const { length } = chain.block(4)
  expect((await stat(join(cwd, 'raw', `${names[1]}.block`))).size).toBe(length)

  const byHash = await terrarium(['p2p', 'block', '--json', names[0] ?? '', ...at(node)], { cwd })
  expect(JSON.parse(byHash.stdout)).toEqual({ hash: names[0], size: chain.block(3).length, tx_count: 1 })
  const beyond = await terrarium(['p2p', 'block', '31', ...at(node)], { cwd })
  expect(beyond).toMatchObject({ code: 1, stdout: '' })
  expect(beyond.stderr).toContain('there is no header at height 31; the chain ends at 30')
  const unknown = await terrarium(['p2p', 'block', 'ab'.repeat(32), ...at(node)], { cwd })
  expect(unknown.stderr).toContain(`none of the peers has the block ${'ab'.repeat(32)}`)
})

test('broadcast tells what becomes of a transaction', async () => {
  const cwd = await temporaryFolder()
  const raw = coinbaseTx(7, 0)
  const hex = Buffer.from(raw).toString('hex')
  const txid = toDisplay(sha256d(raw))
  const relaying = await fakeNode()
  const listening = await fakeNode()
  const run = terrarium(['p2p', 'broadcast', '--json', hex, ...at(relaying, listening)], { cwd })
  const sent = await Promise.race([relaying.received('tx'), listening.received('tx')])
  const other = relaying.count('tx') > 0 ? listening : relaying
  await other.connection()
  other.relayTx(sent.payload)
  expect(JSON.parse((await run).stdout)).toEqual({ txid, requested_by: 1, relayed_by: 1 })

  const strict = await fakeNode({ script: { rejectTx: { code: 0x10, reason: 'bad-txns' } } })
  const refused = await terrarium(['p2p', 'broadcast', hex, ...at(strict)], { cwd })
  expect(refused).toMatchObject({ code: 1, stdout: `${txid}\nrefused: bad-txns (code 0x10)\n` })
})

test.each([
  ['an unknown network', ['--network', 'dogecoin'], 2, 'there is no network dogecoin'],
  ['no network', [], 2, 'network'],
  [
    'a network without seeds and without peers',
    ['-n', 'regtest'],
    2,
    '--peer is needed: regtest has no seeds',
  ],
  [
    'a peer that is none',
    ['-n', 'regtest', '-p', '127.0.0.1:99999'],
    2,
    'not the address of a peer: 127.0.0.1:99999',
  ],
  [
    'a timeout that is none',
    ['-n', 'mainnet', '--timeout', 'soon'],
    2,
    '--timeout takes a number of seconds',
  ],
  [
    'a peer that nobody runs',
    ['-n', 'regtest', '-p', '127.0.0.1:1', '--timeout', '0.5'],
    1,
    'no peer of regtest answered within 0.5 s; check --peer and --network\n  127.0.0.1:1: ',
  ],
])('%s is named in words, and nothing is printed on stdout', async (_, args, status, text) => {
  const cwd = await temporaryFolder()
  const { code, stdout, stderr } = await terrarium(['p2p', 'headers', ...args], { cwd })
  expect({ code, stdout }).toEqual({ code: status, stdout: '' })
  expect(stderr).toContain(text)
})
