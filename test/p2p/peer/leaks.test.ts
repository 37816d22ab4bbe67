import { expect, test } from '@jest/globals'
import { Peer } from '../../../src/p2p/peer/peer.js'
import { FakeNode } from '../kit/fake-node.js'
import { bsv } from './support/networks.js'

const openThings = (): number =>
  process.getActiveResourcesInfo().filter((kind) => ['Timeout', 'TCPSocketWrap', 'TCPWRAP'].includes(kind))
    .length

test('P2P-25 a hundred connections leave no socket, no timer and no listener behind', async () => {
  const node = await FakeNode.start({ network: bsv })
  const controller = new AbortController()
  const removed: number[] = []
  const remove = controller.signal.removeEventListener.bind(controller.signal)
  controller.signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    removed.push(1)
    remove(...args)
  }
  const before = openThings()
  for (let cycle = 0; cycle < 100; cycle++) {
    const peer = new Peer({ host: node.host, port: node.port, network: bsv })
    await peer.connect({ signal: controller.signal })
    if (cycle % 2 === 0) await peer.close()
    else {
      const closed = new Promise((resolve) => peer.once('close', resolve))
      node.connections.at(-1)?.drop()
      await closed
    }
    expect(peer.eventNames()).toEqual([])
  }
  await Promise.all(node.connections.map(({ closed }) => closed))
  expect(openThings()).toBeLessThanOrEqual(before)
  expect(removed).toHaveLength(100)
  await node.close()
})
