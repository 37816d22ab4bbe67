import type { MiningMode } from '../../mining/mode.js'
import type { Program } from '../settings/setting.js'

/** The last block of a node's chain. */
export interface TipView {
  readonly height: number
  readonly hash: string
}

/** One node as the watcher saw it last. */
export interface NodeView {
  readonly name: string
  readonly program: Program
  /** up: it answers, be it one that somebody started again by hand. */
  readonly state: 'starting' | 'up' | 'ended'
  /** Names of the network's clients that it knows. */
  readonly knows: ReadonlySet<string>
  /** Rounds of discovery since its start. */
  readonly rounds: number
  /** Undefined until it is seen. */
  readonly chainId: string | undefined
  /** Undefined before block 0, and for a seed server. */
  readonly tip: TipView | undefined
  /** Transactions that wait for a block. */
  readonly pending: number
  readonly mining: MiningMode
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

/** The clients that live. */
export function livingClients(view: NetworkView): NodeView[] {
  return view.filter(({ program, state }) => program === 'client' && state !== 'ended')
}

/** The tip on which all clients that live agree; undefined where one has another, or none. */
export function agreedTip(view: NetworkView): TipView | undefined {
  const [first, ...rest] = livingClients(view)
  return rest.every(({ tip }) => tip?.hash === first?.tip?.hash) ? first?.tip : undefined
}

/** A hash as people tell it from others at a glance: by its end, for mined ones all begin with zeros. */
export function shortHash(hash: string): string {
  return `…${hash.slice(-7)}`
}
