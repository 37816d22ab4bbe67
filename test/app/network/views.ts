import type { NetworkView, NodeView, TipView } from '../../../src/app/network/network-view.js'

/** A node that is up on chain `chain`, unless said otherwise. */
export function aNode(name: string, knows: readonly string[], more: Partial<NodeView> = {}): NodeView {
  return {
    name,
    program: name === 'dns' ? 'dns' : 'client',
    state: 'up',
    knows: new Set(knows),
    rounds: 2,
    chainId: 'chain',
    tip: undefined,
    pending: 0,
    mining: 'off',
    ...more,
  }
}

/** A tip whose hash begins and ends with these digits. */
export function aTip(height: number, digits = 'ab'): TipView {
  return { height, hash: digits.repeat(64).slice(0, 64) }
}

/** All know all, and end in the same tip. */
export function aNetwork(clients: number, tip?: TipView): NetworkView {
  const names = Array.from({ length: clients }, (_, index) => String(55_000 + index))
  return ['dns', ...names].map((name) =>
    aNode(
      name,
      names.filter((other) => other !== name),
      name === 'dns' || !tip ? {} : { tip },
    ),
  )
}
