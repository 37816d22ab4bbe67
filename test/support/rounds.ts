import type { RunningNode } from '../../src/app/node.js'
import { keyOf } from '../../src/nodes/record.js'

/** One round of every node, all at once as in a real network. */
export async function roundOf(nodes: readonly RunningNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.finder.round()))
}

/** Rounds until `isReached`; how many it took. Fails after `most`. */
export async function roundsUntil(
  isReached: () => boolean,
  nodes: readonly RunningNode[],
  most: number,
): Promise<number> {
  for (let rounds = 0; rounds <= most; rounds++) {
    if (isReached()) return rounds
    if (rounds < most) await roundOf(nodes)
  }
  const lists = nodes.map((node) => `${keyOf(node.record)} knows ${knownTo(node).join(' ')}`)
  throw new Error(`not reached in ${most} rounds:\n${lists.join('\n')}`)
}

/** The nodes that `node` lists, as sorted keys. */
export function knownTo(node: RunningNode): string[] {
  return node.finder.known.list().map(keyOf).sort()
}

export function keysOf(...nodes: readonly Pick<RunningNode, 'record'>[]): string[] {
  return nodes.map(({ record }) => keyOf(record)).sort()
}
