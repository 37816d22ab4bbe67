import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, test } from '@jest/globals'
import { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import { FakeNode } from '../kit/fake-node.js'
import { bodyForBlock } from '../kit/synthetic-body.js'
import { TestChain } from '../kit/test-chain.js'
import { bsv } from '../peer/support/networks.js'
import { afterThisTest } from '../../support/cleanup.js'

const LIMIT = 10_000
const chain = TestChain.mine(bsv, 1).mineBody(bodyForBlock(3 * LIMIT, 500))

/** All that is told on a channel from now on. */
function listen(name: string): Record<string, unknown>[] {
  const told: Record<string, unknown>[] = []
  const listener = (message: unknown): void => void told.push(message as Record<string, unknown>)
  subscribe(name, listener)
  afterThisTest(() => void unsubscribe(name, listener))
  return told
}

test('whoever listens is told of messages, blocks and bans, with their bytes and addresses', async () => {
  const [sent, received] = [listen('terrarium.p2p.sent'), listen('terrarium.p2p.received')]
  const [blocks, bans] = [listen('terrarium.p2p.block'), listen('terrarium.p2p.ban')]
  const node = await FakeNode.start({ network: bsv, chain })
  const { host, port } = node
  const manager = new PeerManager({
    network: bsv,
    peers: [{ host, port }],
    usePersistedPeers: false,
    largeMessageLimit: LIMIT,
  })
  afterThisTest(async () => {
    await manager.close()
    await node.close()
  })
  await manager.open()
  const peer = await manager.nextPeer()
  await peer.fetchBlock(chain.hash(1))
  await peer.fetchBlock(chain.hash(2), { onPart: () => undefined })
  manager.ban({ host, port }, 'by hand')

  expect(sent.filter(({ command }) => command === 'getdata')).toEqual(
    Array.from({ length: 2 }, () => ({ host, port, command: 'getdata', bytes: 37 })),
  )
  const sizes = [1, 2].map((height) => chain.block(height).length)
  expect(received.filter(({ command }) => command === 'block')).toEqual(
    sizes.map((bytes) => ({ host, port, command: 'block', bytes })),
  )
  expect(received.filter(({ command }) => command === 'verack')).toEqual([
    { host, port, command: 'verack', bytes: 0 },
  ])
  expect(blocks.map(({ hash, size }) => ({ hash, size }))).toEqual(
    sizes.map((size, index) => ({ hash: chain.hash(index + 1), size })),
  )
  expect(blocks[0]).toMatchObject({ host, port, txCount: 1 })
  expect(bans).toEqual([{ host, port, reason: 'by hand' }])
})
