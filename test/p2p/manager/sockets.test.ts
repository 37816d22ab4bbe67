import { expect, test } from '@jest/globals'
import { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import { FakeNode } from '../kit/fake-node.js'
import { TestChain } from '../kit/test-chain.js'
import { bsv } from '../peer/support/networks.js'

const openThings = (): number =>
  process.getActiveResourcesInfo().filter((kind) => ['Timeout', 'TCPSocketWrap'].includes(kind)).length

test('P2P-11 a manager over sockets, by name and by address, leaves nothing open when it is closed', async () => {
  const nodes = await Promise.all(
    [3, 5].map((height) => FakeNode.start({ network: bsv, chain: TestChain.mine(bsv, height) })),
  )
  const before = openThings()
  const peers = nodes.map(({ port }, index) => `${index === 0 ? 'localhost' : '127.0.0.1'}:${port}`)
  const manager = new PeerManager({
    network: bsv,
    peers: [...peers, '127.0.0.1:1'],
    usePersistedPeers: false,
    concurrency: 2,
    waitForPeers: 4,
  })
  await manager.open()
  const chain = nodes[1]?.chain
  const peer = await manager.nextPeer({ minHeight: 5 })
  const genesis = chain?.hash(0) ?? new Uint8Array(32)
  expect((await peer.getHeaders({ locator: [genesis] })).count).toBe(5)
  expect((await peer.getBlock(chain?.hash(2) ?? genesis)).hash).toEqual(chain?.hash(2))
  await manager.close()
  await Promise.all(nodes.flatMap(({ connections }) => connections.map(({ closed }) => closed)))
  expect(openThings()).toBeLessThanOrEqual(before)
  await Promise.all(nodes.map((node) => node.close()))
})
