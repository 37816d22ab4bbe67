import { expect, test } from '@jest/globals'
import { Miners, type MiningOrders } from '../../../src/app/network/miners.js'
import type { NodeView } from '../../../src/app/network/network-view.js'
import { aNetwork, aTip } from './views.js'

/** Miners of chain `chain`, and what they told the nodes. */
function someMiners(wanted: number, refusing: readonly string[] = []) {
  const told: string[] = []
  const faults: string[] = []
  const order = async (name: string, text: string): Promise<void> => {
    if (refusing.includes(name)) throw new Error('no')
    told.push(`${name} ${text}`)
    await Promise.resolve()
  }
  const orders: MiningOrders = {
    mineNow: (name, count) => order(name, `mines ${count}`),
    setMode: (name, mode) => order(name, mode),
  }
  const onFault = (name: string, reason: string) => faults.push(`${name} ${reason}`)
  return { miners: new Miners({ wanted, mode: 'interval', chainId: 'chain', orders, onFault }), told, faults }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))
const having = (view: readonly NodeView[], name: string, more: Partial<NodeView>): NodeView[] =>
  view.map((node) => (node.name === name ? { ...node, ...more } : node))

test('one node mines the first blocks, so that coins can be spent at once, and goes on; it is told once', async () => {
  const { miners, told } = someMiners(1)
  for (let i = 0; i < 3; i++) {
    miners.tend(aNetwork(3))
    await settled()
  }
  expect(told).toEqual(['55000 mines 6', '55000 interval'])
})

test('no node is told to mine before it is on the chain of the network, or it would mine block 0 of another', async () => {
  const { miners, told } = someMiners(1)
  miners.tend(aNetwork(2).map((node) => ({ ...node, chainId: 'another' })))
  await settled()
  expect(told).toEqual([])
  miners.tend(aNetwork(2))
  await settled()
  expect(told[0]).toBe('55000 mines 6')
})

test('of several miners one alone mines block 0', async () => {
  const { miners, told } = someMiners(2)
  miners.tend(aNetwork(3))
  await settled()
  expect(told).toEqual(['55000 mines 6', '55000 interval'])
  miners.tend(aNetwork(3, aTip(5)))
  await settled()
  expect(told.slice(2)).toEqual(['55001 interval'])
})

test('a chain that goes on needs no first blocks', async () => {
  const { miners, told } = someMiners(1)
  miners.tend(aNetwork(2, aTip(40)))
  await settled()
  expect(told).toEqual(['55000 interval'])
})

test('another node takes over for a miner that ended, and keeps at it when that one comes back', async () => {
  const { miners, told } = someMiners(1)
  const view = aNetwork(3, aTip(40))
  for (const seen of [view, having(view, '55000', { state: 'ended' }), view]) {
    miners.tend(seen)
    await settled()
  }
  expect(told).toEqual(['55000 interval', '55001 interval'])
})

test.each([
  ['has blocks of another chain', { chainId: 'another', tip: aTip(3) }],
  ['would not take over the chain', { chainId: 'another', rounds: 9 }],
])('a node that %s does not keep the others from mining', async (_, more) => {
  const { miners, told } = someMiners(1)
  miners.tend(having(aNetwork(2, aTip(4)), '55000', more))
  await settled()
  expect(told).toEqual(['55001 interval'])
})

test('a node that refuses to mine is named, and the next one is told', async () => {
  const { miners, told, faults } = someMiners(1, ['55000'])
  for (let i = 0; i < 2; i++) {
    miners.tend(aNetwork(2, aTip(4)))
    await settled()
  }
  expect(faults).toEqual(['55000 no'])
  expect(told).toEqual(['55001 interval'])
})
