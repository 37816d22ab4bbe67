import type { Program } from '../settings/setting.js'

/** One node as the watcher saw it last. */
export interface NodeView {
  readonly name: string
  readonly program: Program
  readonly state: 'starting' | 'up' | 'ended'
  /** Names of the network's clients that it knows. */
  readonly knows: ReadonlySet<string>
  /** Rounds of discovery since its start. */
  readonly rounds: number
}

/** All nodes of a network, the seed server first. */
export type NetworkView = readonly NodeView[]

/** The clients that `node` should know: all that live, but itself. */
export function others(view: NetworkView, node: NodeView): NodeView[] {
  return view.filter(
    ({ program, state, name }) => program === 'client' && state !== 'ended' && name !== node.name,
  )
}

/** Whether the node knows all it should. */
export function knowsAll(view: NetworkView, node: NodeView): boolean {
  return node.state === 'up' && others(view, node).every(({ name }) => node.knows.has(name))
}

/** Whether all that live know all clients that live, of which there is at least one. */
export function isAcquainted(view: NetworkView): boolean {
  const alive = view.filter(({ state }) => state !== 'ended')
  return alive.some(({ program }) => program === 'client') && alive.every((node) => knowsAll(view, node))
}
