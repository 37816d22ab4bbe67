import type { Block } from '../../src/ledger/block.js'
import { mine } from './chain.js'
import { afterThisTest } from './cleanup.js'
import { type SyncNetwork, SyncNode, type SyncNodeOptions } from './sync-network.js'
import { waitFor } from './wait-for.js'

/** A node that is gone after the test. */
export async function node(network: SyncNetwork, options: SyncNodeOptions = {}): Promise<SyncNode> {
  const opened = await SyncNode.open(network, options)
  afterThisTest(() => opened.remove())
  return opened
}

export async function mineMany(at: SyncNode, count: number): Promise<Block[]> {
  const blocks: Block[] = []
  for (let i = 0; i < count; i++) blocks.push(await mine(at.chain, at.clock))
  return blocks
}

/** Resolves when all have the same last block. */
export function agree(...nodes: readonly SyncNode[]): Promise<boolean> {
  return waitFor('all nodes to have one tip', () =>
    nodes.every(({ tip }) => tip !== undefined && tip === nodes[0]?.tip),
  )
}

/** The chain of a node from block 0 up. */
export async function blocksOf(at: SyncNode): Promise<Block[]> {
  const blocks: Block[] = []
  for await (const block of at.chain.blockchain.archive.readMany(0, at.height)) blocks.push(block)
  return blocks
}
