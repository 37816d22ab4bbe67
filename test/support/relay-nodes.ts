import { join } from 'node:path'
import { keyOf, type NodeRecord } from '../../src/nodes/record.js'
import type { ClientChain } from '../../src/app/client-chain.js'
import { timerSleep } from '../../src/app/timer-sleep.js'
import { mine, TestClock } from './chain.js'
import { temporaryFolder } from './cleanup.js'
import { startClient, type TestNode } from './test-node.js'
import { waitFor } from './wait-for.js'

/** A whole node that relays, without mining and without looking for others. */
export interface RelayNode {
  readonly node: TestNode
  readonly chain: ClientChain
  /** Whether it follows another node over the bus. */
  follows(other: { readonly node: { readonly record: NodeRecord } }): boolean
}

export interface RelayNodes {
  readonly nodes: [RelayNode, RelayNode, RelayNode, ...RelayNode[]]
  readonly clock: TestClock
  readonly stop: (i: number) => Promise<void>
  /** With the same port and folder. */
  readonly restart: (i: number) => Promise<RelayNode>
}

/** Nodes that do not know each other yet. */
export async function relayNodes(count: number): Promise<RelayNodes> {
  const clock = new TestClock()
  const folder = await temporaryFolder()
  const open = async (i: number, port = 0): Promise<RelayNode> => {
    const args = ['--dir', join(folder, String(i)), '--port', String(port), '--mine', 'off']
    const node = await startClient(undefined, args, { now: clock.now, sleep: timerSleep })
    const { chain } = node
    if (!chain) throw new Error('a client has a chain')
    return {
      node,
      chain,
      follows: ({ node: { record } }) => node.relay?.isFollowed(keyOf(record)) === true,
    }
  }
  const nodes = (await Promise.all(Array.from({ length: count }, (_, i) => open(i)))) as RelayNodes['nodes']
  return {
    nodes,
    clock,
    stop: async (i) => {
      await nodes[i]?.node.stop()
    },
    restart: async (i) => {
      const again = await open(i, nodes[i]?.node.record.port)
      nodes[i] = again
      return again
    },
  }
}

/** Makes one node known to another. */
export function introduce(to: RelayNode, ...others: readonly RelayNode[]): void {
  to.node.finder.known.restore(others.map(({ node }) => node.record))
}

/** All know each other; resolves when each follows all others. */
export async function followAll(nodes: readonly RelayNode[]): Promise<void> {
  for (const each of nodes) introduce(each, ...nodes.filter((other) => other !== each))
  await waitFor('each node to follow all others', () =>
    nodes.every((each) => nodes.every((other) => other === each || each.follows(other))),
  )
}

export async function grow({ chain }: RelayNode, clock: TestClock, blocks: number): Promise<void> {
  for (let i = 0; i < blocks; i++) {
    clock.nowMs += 299_000
    await mine(chain, clock)
  }
}

export async function agreeOnTip(nodes: readonly RelayNode[]): Promise<void> {
  const tip = ({ chain }: RelayNode) => chain.blockchain.tip()?.hash
  await waitFor('one tip', () =>
    nodes.every((node) => tip(node) !== undefined && tip(node) === tip(nodes[0] as RelayNode)),
  )
}

/** Paths of what a node was told over REST. */
export async function toldOverRest({ node }: RelayNode): Promise<string[]> {
  const text = await (await fetch(`${node.localUrl}/metrics`)).text()
  const paths = [...text.matchAll(/verb="POST",path="(\/sync\/(?:announce|transactions)\/)"/g)]
  return [...new Set(paths.map(([, path = '']) => path))]
}
