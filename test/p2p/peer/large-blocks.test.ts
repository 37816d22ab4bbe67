import { afterEach, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { ProtocolError } from '../../../src/p2p/errors.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import type { PeerManagerOptions } from '../../../src/p2p/manager/options.js'
import { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import { decodeBody } from '../../../src/p2p/wire/codec.js'
import { toDisplay } from '../../../src/p2p/hash.js'
import { encodeBlock } from '../kit/block.js'
import { FakeNode, type FakeNodeOptions } from '../kit/fake-node.js'
import { payloadOf, type Payload } from '../kit/payload.js'
import { bodyForBlock } from '../kit/synthetic-body.js'
import { TestChain } from '../kit/test-chain.js'
import { makeTx, rootOf } from '../blocks/kit/make-block.js'
import { bsv, btc } from './support/networks.js'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function start(chain: TestChain, options: Partial<FakeNodeOptions> = {}): Promise<FakeNode> {
  const node = await FakeNode.start({ network: chain.network, chain, ...options })
  closers.push(() => node.close())
  return node
}

/** A manager of one connection to each node. */
async function manage(
  nodes: readonly FakeNode[],
  options: Omit<PeerManagerOptions, 'network'> = {},
  network: Network = bsv,
): Promise<PeerManager> {
  const peers = nodes.map(({ host, port }) => ({ host, port }))
  const manager = new PeerManager({
    ...{ network, peers, usePersistedPeers: false, waitForPeers: nodes.length },
    ...options,
  })
  closers.unshift(() => manager.close())
  await manager.open()
  return manager
}

function bytesOf(payload: Payload): Uint8Array {
  const bytes = new Uint8Array(payload.length)
  payload.fill(bytes, 0)
  return bytes
}

describe('the limit of a manager', () => {
  const SIZE = 50_000
  const chain = TestChain.mine(bsv, 0).mineBody(bodyForBlock(SIZE, 700))
  const whole = bytesOf(chain.block(1))

  test.each([
    ['a byte below it', SIZE + 1, 'small', 0],
    ['at it', SIZE, 'big', 1],
    ['a byte above it', SIZE - 1, 'big', 2],
  ])('P2P-14 a block %s is delivered right', async (_, largeMessageLimit, type, chunkCount) => {
    const node = await start(chain)
    const chunks: Uint8Array[] = []
    let told: { type: string; size: number; txCount: number } | undefined
    const handlers: PeerManagerOptions['handlers'] = {
      onBlockChunk: (chunk) => {
        expect(chunk.chunkCount).toBe(chunkCount)
        chunks.push(chunk.bytes.slice())
      },
      onBlock: (block) => {
        told = block
        if (block.type === 'small') chunks.push(block.raw)
      },
    }
    const manager = await manage([node], { largeMessageLimit, handlers })
    const peer = await manager.nextPeer()
    await peer.send('getdata', [{ type: 2, hash: chain.hash(1) }])
    await peer.ping()
    expect(told).toMatchObject({ type, size: SIZE, hash: chain.hash(1) })
    expect(chunks).toHaveLength(Math.max(1, chunkCount))
    expect(Buffer.concat(chunks).equals(whole)).toBe(true)
  })
})

describe('a block under an extended header', () => {
  const script = { extended: ['block'] }

  test('P2P-3 is taken on BSV, and verified though it has no checksum', async () => {
    const chain = TestChain.mine(bsv, 0).mineBody(bodyForBlock(30_000, 500))
    const peer = await (await manage([await start(chain, { script })])).nextPeer()
    expect((await peer.getBlock(chain.hash(1))).raw).toEqual(bytesOf(chain.block(1)))
  })

  test('P2P-3 ends the connection on BTC, with the full score', async () => {
    const chain = TestChain.mine(btc, 1)
    const peer = await (await manage([await start(chain, { script })], {}, btc)).nextPeer()
    const closed = once(peer, 'close')
    await expect(peer.getBlock(chain.hash(1))).rejects.toMatchObject({ code: 'peer_disconnected' })
    expect(await closed).toMatchObject([{ code: 'extended_header_not_allowed' }])
    expect(peer.score).toBe(100)
  })
})

describe('a block with witnesses', () => {
  const txs = [
    makeTx({ inputs: [4], outputs: [22, 38], witness: [[32]] }, 1),
    makeTx({ inputs: [0, 23], outputs: [22], witness: [[71, 33], []] }, 2),
    makeTx({ inputs: [106], outputs: [25] }, 3),
  ]

  /** A chain whose only block holds the transactions as they are with their witnesses. */
  function chainOf(network: Network): TestChain {
    const body = encodeBlock(
      new Uint8Array(0),
      txs.map(({ raw }) => raw),
    )
    return TestChain.mine(network, 0).mineBody({
      ...payloadOf(body),
      merkleRoot: rootOf(txs.map(({ txid }) => txid)),
    })
  }

  test('P2P-17 is asked for by the flag on BTC, and verified by the ids without witnesses', async () => {
    const chain = chainOf(btc)
    const node = await start(chain)
    const peer = await (await manage([node], {}, btc)).nextPeer()
    const block = await peer.getBlock(chain.hash(1))
    expect([...block.txOffsets].map((start) => block.raw.subarray(start, start + 6).toString())).toHaveLength(
      3,
    )
    const starts = [...block.txOffsets, block.size]
    const got = txs.map((_, index) => Buffer.from(block.raw.subarray(starts[index], starts[index + 1])))
    expect(got).toEqual(txs.map(({ raw }) => Buffer.from(raw)))
    const { payload } = await node.received('getdata')
    expect(decodeBody('getdata', payload, 'btc')).toEqual([{ type: 0x4000_0002, hash: chain.hash(1) }])
  })

  test('P2P-17 is asked for without it on BSV, where the same bytes are no block', async () => {
    const chain = chainOf(bsv)
    const node = await start(chain)
    const peer = await (await manage([node])).nextPeer()
    await expect(peer.getBlock(chain.hash(1))).rejects.toBeInstanceOf(ProtocolError)
    const { payload } = await node.received('getdata')
    expect(decodeBody('getdata', payload, 'bsv')).toEqual([{ type: 2, hash: chain.hash(1) }])
  })
})

test('P2P-18 a block that is not sound is aborted for the handlers, and its peer is banned', async () => {
  const chain = TestChain.mine(bsv, 0).mineBody(bodyForBlock(50_000, 700))
  const bytes = bytesOf(chain.block(1))
  const flipped = bytes.map((byte, index) => (index === bytes.length - 10 ? byte ^ 1 : byte))
  const node = await start(chain)
  const told: string[] = []
  const manager = await manage([node], {
    largeMessageLimit: 10_000,
    handlers: {
      onBlock: () => void told.push('block'),
      onBlockAborted: ({ hash, reason }) => void told.push(`${toDisplay(hash)} ${reason.message}`),
    },
  })
  const banned = once(manager, 'ban')
  void (await node.connection()).sendPayload('block', payloadOf(flipped))
  expect(await banned).toMatchObject([
    { host: node.host, port: node.port },
    expect.stringContaining('merkle'),
  ])
  expect(told).toEqual([`${toDisplay(chain.hash(1))} ${String((await banned)[1])}`])
})

describe('a slow consumer', () => {
  const MIB = 1 << 20
  const BLOCK_BYTES = 160 * MIB
  /** For two chunks of 4 MiB, what the system has of both ends of the connections, and the node, which runs here too. */
  const BOUND_BYTES = 80 * MIB

  test('P2P-19 holds its peer up and no other, within bounds that the size of the block does not move', async () => {
    const huge = TestChain.mine(bsv, 0).mineBody(bodyForBlock(BLOCK_BYTES, 10_000))
    const [slow, quick] = [await start(huge), await start(huge)]
    const manager = await manage([slow, quick], { largeMessageLimit: 4 * MIB })
    const [reader, other] = manager.connected
    const before = process.memoryUsage.rss()
    let [most, read, chunks] = [0, 0, 0]
    for await (const { bytes } of reader?.getBlockChunks(huge.hash(1)) ?? []) {
      read += bytes.length
      chunks++
      // So many answers of the other come while nothing is taken here.
      if (chunks % 8 === 1) for (let pings = 0; pings < 20; pings++) await other?.ping()
      expect((reader?.traffic.bytesIn ?? Infinity) - read).toBeLessThan(16 * MIB)
      most = Math.max(most, process.memoryUsage.rss() - before)
    }
    expect({ read, chunks }).toEqual({ read: BLOCK_BYTES, chunks: 40 })
    expect(most).toBeLessThan(BOUND_BYTES)
  })
})
