import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { sha256d, toDisplay } from '../../src/p2p/hash.js'
import { bsv } from '../../src/p2p/networks/bsv.js'
import { decodeBody } from '../../src/p2p/wire/codec.js'
import { coinbaseTx } from '../p2p/kit/coinbase.js'
import { FakeNode, type FakeNodeOptions } from '../p2p/kit/fake-node.js'
import { TestChain } from '../p2p/kit/test-chain.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'

jest.setTimeout(30_000)

const chain = TestChain.mine(bsv.regtest, 12)
const raw = coinbaseTx(7, 0)
const hex = Buffer.from(raw).toString('hex')
const txid = toDisplay(sha256d(raw))

async function fakeNode(options: Partial<FakeNodeOptions> = {}): Promise<FakeNode> {
  const node = await FakeNode.start({ network: bsv.regtest, chain, ...options })
  afterThisTest(() => node.close())
  return node
}

const addressOf = ({ host, port }: FakeNode): string => `${host}:${port}`

const example = (cwd: string, name: string, ...args: string[]): Program =>
  new Program(cwd, [join(PACKAGE_ROOT, 'examples', 'p2p', `${name}.js`), 'regtest', ...args])

const printed = (program: Program, text: string): Promise<boolean> =>
  waitFor(text, () => program.text().includes(text))

test('headers.js fetches headers, follows a reorg, and goes on from its files', async () => {
  const [cwd, node] = [await temporaryFolder(), await fakeNode()]
  const first = example(cwd, 'headers', addressOf(node))
  await printed(first, `up to date: 12 ${toDisplay(chain.hash(12))}`)
  const longer = chain.fork(10, 4, { salt: 1 })
  node.follow(longer)
  node.announce('headers')
  await printed(first, `new tip: 14 ${toDisplay(longer.hash(14))}`)
  expect(await first.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' })
  expect(first.text()).toContain('reorg: 2 blocks off, common height 10\n')

  // Without an address: it is in the file of peers.
  const second = example(cwd, 'headers')
  await printed(second, `up to date: 14 ${toDisplay(longer.hash(14))}`)
  expect(await second.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' })
  const { payload } = await node.received('getheaders', node.count('getheaders'))
  const [known] = decodeBody('getheaders', payload, 'bsv').hashes
  expect(known).toEqual(longer.hash(13))
})

test('blocks.js downloads every block from two nodes, and the next run finds nothing to do', async () => {
  const [cwd, ...nodes] = [await temporaryFolder(), await fakeNode(), await fakeNode()]
  const run = () => example(cwd, 'blocks', ...nodes.map(addressOf)).ended
  const first = await run()
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const blocks = first.stdout.match(/^block \d+: 1 transactions, \d+ bytes$/gm) ?? []
  expect(new Set(blocks).size).toBe(12)
  expect(first.stdout).toMatch(/\n12 blocks are done$/)
  expect(await run()).toMatchObject({ code: 0, stdout: '12 blocks are done' })
})

test('broadcast.js refuses junk itself, and tells who passes a transaction on', async () => {
  const [cwd, node] = [await temporaryFolder(), await fakeNode()]
  const { code, stdout, stderr } = await example(cwd, 'broadcast', hex, addressOf(node)).ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toBe(`junk: error parsing message\n${txid} was passed on by 1 peers`)
  expect(node.connections).toHaveLength(3)
  expect(node.count('tx')).toBe(1)
})

test('broadcast.js tells why a transaction is refused', async () => {
  const node = await fakeNode({ script: { rejectTx: { code: 0x10, reason: 'bad-txns' } } })
  const { stdout } = await example(await temporaryFolder(), 'broadcast', hex, addressOf(node)).ended
  expect(stdout).toContain(`${txid} was refused: bad-txns`)
})

test('spv.js prints what a peer has and announces, and ends with Ctrl-C', async () => {
  const node = await fakeNode()
  const program = example(await temporaryFolder(), 'spv', addressOf(node))
  for (const height of [1, 12]) await printed(program, `has block ${toDisplay(chain.hash(height))}`)
  const connection = await node.connection()
  void connection.send('inv', [{ type: 1, hash: sha256d(raw) }])
  await printed(program, `announces TX ${txid}`)
  void connection.send('reject', { message: 'tx', code: 0x42, reason: 'fee', hash: sha256d(raw) })
  await printed(program, 'refuses a tx: fee')
  expect(await program.kill('SIGINT')).toMatchObject({ code: 0, stderr: '' })
})
