import { once } from 'node:events'
import { afterEach, describe, expect, test } from '@jest/globals'
import { sha256d } from '../../../src/p2p/hash.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import { REJECT_CODES } from '../../../src/p2p/wire/messages/reject.js'
import { INV } from '../../../src/p2p/wire/messages/inv.js'
import type { FakeConnection } from './fake-connection.js'
import { coinbaseTx } from './coinbase.js'
import { FakeNode, type FakeNodeOptions } from './fake-node.js'
import { RawClient } from './raw-client.js'
import { bodyForBlock } from './synthetic-body.js'
import { TestChain } from './test-chain.js'

const { bsv, btc } = networks
const zero = new Uint8Array(32)

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(options: Partial<FakeNodeOptions> = {}): Promise<FakeNode> {
  const node = await FakeNode.start({ network: bsv.regtest, ...options })
  open.push(node)
  return node
}

async function join(node: FakeNode): Promise<RawClient> {
  const client = await RawClient.connect(node.network, node.port)
  open.push(client)
  return client
}

async function joined(
  options: Partial<FakeNodeOptions> = {},
): Promise<{ node: FakeNode; client: RawClient }> {
  const node = await start(options)
  const client = await join(node)
  await client.handshake()
  return { node, client }
}

const commandsOf = (client: RawClient): string[] => client.messages.map(({ header }) => header.command)

describe('a chain for tests', () => {
  test('is the same each time, hangs together and parts where it is told', () => {
    const chain = TestChain.mine(bsv.regtest, 20)
    expect(TestChain.mine(bsv.regtest, 20).tip.hash).toEqual(chain.tip.hash)
    for (let height = 1; height <= 20; height++) {
      expect(chain.header(height).subarray(4, 36)).toEqual(chain.hash(height - 1))
      expect(sha256d(chain.header(height))).toEqual(chain.hash(height))
    }
    const fork = chain.fork(15, 8, { salt: 1 })
    expect(fork.height).toBe(23)
    expect(fork.hash(15)).toEqual(chain.hash(15))
    expect(fork.hash(16)).not.toEqual(chain.hash(16))
    expect(fork.heightOf(chain.hash(16))).toBeUndefined()
  })
})

describe('the fake node', () => {
  test('greets as a node of BSV does', async () => {
    const { client } = await joined()
    await client.message('ping')
    expect(commandsOf(client)).toEqual([
      'version',
      'verack',
      'protoconf',
      'authch',
      'sendheaders',
      'sendcmpct',
      'ping',
    ])
  })

  test('greets as a node of BTC does', async () => {
    const { client } = await joined({ network: btc.regtest })
    await client.message('ping')
    expect(commandsOf(client)).toEqual([
      'version',
      'wtxidrelay',
      'sendaddrv2',
      'verack',
      'sendheaders',
      'sendcmpct',
      'ping',
    ])
  })

  test('serves headers and blocks, says what it lacks, and remembers what it was asked', async () => {
    const chain = TestChain.mine(bsv.regtest, 5)
    const { node, client } = await joined({ chain })
    client.send('getheaders', { version: 70_016, hashes: [chain.hash(2)], stop: zero })
    expect(await client.next('headers')).toMatchObject({ count: 3 })
    client.send('getdata', [
      { type: INV.block, hash: chain.hash(4) },
      { type: INV.block, hash: zero },
    ])
    const { payload } = await client.message('block')
    expect(payload.subarray(0, 80)).toEqual(chain.header(4))
    expect(payload.subarray(36, 68)).toEqual(sha256d(payload.subarray(81)))
    expect(await client.next('notfound')).toEqual([{ type: INV.block, hash: zero }])
    expect((await node.received('getdata')).payload).toHaveLength(73)
    expect(node.count('getheaders')).toBe(1)
  })

  test('follows a fork and announces it either way', async () => {
    const chain = TestChain.mine(bsv.regtest, 5)
    const { node, client } = await joined({ chain })
    const fork = chain.fork(3, 4, { salt: 9 })
    node.follow(fork)
    node.announce('headers', 2)
    expect(await client.next('headers')).toMatchObject({ count: 2 })
    node.announce('inv')
    expect(await client.next('inv')).toEqual([{ type: INV.block, hash: fork.hash(7) }])
    expect(node.block(chain.hash(5))).toBeDefined()
  })

  test('asks for a transaction, passes it on to others, and rejects where it shall', async () => {
    const tx = coinbaseTx(1, 1)
    const rejectTx = { code: REJECT_CODES.DUST, reason: 'dust' }
    const { node, client } = await joined({ script: (connection) => (connection === 2 ? { rejectTx } : {}) })
    const listener = await join(node)
    await listener.handshake()
    client.send('inv', [{ type: INV.tx, hash: sha256d(tx) }])
    expect(await client.next('getdata')).toEqual([{ type: INV.tx, hash: sha256d(tx) }])
    client.sendPayload('tx', tx)
    expect(await listener.next('inv')).toEqual([{ type: INV.tx, hash: sha256d(tx) }])
    listener.send('getdata', [{ type: INV.tx, hash: sha256d(tx) }])
    expect((await listener.message('tx')).payload).toEqual(tx)
    const refused = await join(node)
    await refused.handshake()
    refused.sendPayload('tx', tx)
    expect(await refused.next('reject')).toEqual({ message: 'tx', ...rejectTx, hash: sha256d(tx) })
  })

  test('stays silent where it shall', async () => {
    const { node, client } = await joined({ script: { silent: ['getheaders'] } })
    client.send('getheaders', { version: 1, hashes: [], stop: zero })
    client.send('ping', { nonce: 1n })
    await client.next('pong')
    expect(node.count('getheaders')).toBe(1)
    expect(commandsOf(client)).not.toContain('headers')
  })

  test('sends byte by byte, with a wrong checksum, or under an extended header', async () => {
    const chain = TestChain.mine(bsv.regtest, 1)
    const script = { writeBytes: [1, 2], wrongChecksum: ['pong'], extended: ['block'] }
    const { client } = await joined({ chain, script })
    client.send('ping', { nonce: 5n })
    const { header, payload } = await client.message('pong')
    expect(sha256d(payload).subarray(0, 4)).not.toEqual(header.checksum)
    client.send('getdata', [{ type: INV.block, hash: chain.hash(1) }])
    expect((await client.message('block')).header).toEqual({
      command: 'block',
      length: chain.block(1).length,
    })
  })

  test('says notfound for what it has, and sends a wrong magic', async () => {
    const chain = TestChain.mine(bsv.regtest, 2)
    const lacks = chain.hash(1)
    const notFound = (hash: Uint8Array): boolean => Buffer.compare(hash, lacks) === 0
    const { node, client } = await joined({ chain, script: { notFound, wrongMagic: ['pong'] } })
    client.send(
      'getdata',
      [lacks, chain.hash(2)].map((hash) => ({ type: INV.block, hash })),
    )
    expect(await client.next('notfound')).toEqual([{ type: INV.block, hash: lacks }])
    await client.message('block')
    client.send('ping', { nonce: 1n })
    expect(await client.fault()).toMatchObject({ code: 'bad_magic' })
    expect(node.faults).toEqual([])
  })

  test('answers by a script of its own, and keeps what it cannot read', async () => {
    const on = { getaddr: (connection: FakeConnection) => void connection.sendRaw(Uint8Array.of(1, 2, 3)) }
    const { node, client } = await joined({ script: { on } })
    const before = client.received
    client.send('getaddr', undefined)
    while (client.received < before + 3) await once(client.socket, 'data')
    client.socket.write(new Uint8Array(24))
    await client.ended()
    expect(node.faults).toEqual([expect.objectContaining({ code: 'bad_magic' })])
  })

  test('sends no faster than it shall', async () => {
    const chain = TestChain.mine(bsv.regtest, 1).mineBody(bodyForBlock(20_000, 250))
    const { client } = await joined({ chain, script: { bytesPerSecond: 100_000 } })
    const started = performance.now()
    client.send('getdata', [{ type: INV.block, hash: chain.hash(2) }])
    expect((await client.message('block')).payload).toHaveLength(20_000)
    expect(performance.now() - started).toBeGreaterThan(150)
  })

  test('cuts the connection after so many bytes', async () => {
    const node = await start({ script: { dropAfterBytes: 30 } })
    const client = await join(node)
    client.send('version', node.greeting())
    await client.ended()
    expect(client.received).toBe(30)
  })
})
