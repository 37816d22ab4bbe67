import pLimit from 'p-limit'
import type { Health } from '../../api/methods/health.js'
import { keyOf, type NodeRecord } from '../../nodes/record.js'
import type { NetworkView, NodeView, TipView } from './network-view.js'
import { NodeClients } from './node-clients.js'
import type { NodePlan } from './plan.js'

/** A node as far as it can be watched. */
export interface Watched {
  readonly plan: NodePlan
  /** Where it answers; undefined until it does. */
  readonly record: NodeRecord | undefined
  readonly hasEnded: boolean
}

const CALL_TIMEOUT_MS = 2_000
const PARALLEL_LOOKS = 8

/** Asks the nodes of a network over REST whom they know and what their chains are like. */
export class Watcher {
  readonly #limit = pLimit(PARALLEL_LOOKS)
  readonly #clients = new NodeClients({ timeoutMs: CALL_TIMEOUT_MS })
  #last: NetworkView

  /** `plans` in the order of the view. */
  constructor(plans: readonly NodePlan[]) {
    this.#last = plans.map(({ name, program }) => ({
      name,
      program,
      state: 'starting',
      knows: new Set(),
      rounds: 0,
      chainId: undefined,
      tip: undefined,
      pending: 0,
      mining: 'off',
    }))
  }

  /** What is to be seen now. A node that does not answer in time is shown as it was last seen. */
  async look(nodes: readonly Watched[]): Promise<NetworkView> {
    const byName = new Map(nodes.map((node) => [node.plan.name, node]))
    const nameOf = new Map<string, string>()
    for (const { plan, record } of nodes) if (record) nameOf.set(keyOf(record), plan.name)
    const views = this.#last.map((view) =>
      this.#limit(() => this.#lookAt(view, byName.get(view.name), nameOf)),
    )
    this.#last = await Promise.all(views)
    return this.#last
  }

  close(): void {
    this.#clients.close()
  }

  /** A process that has ended may answer all the same: somebody started its node again by hand. */
  async #lookAt(
    last: NodeView,
    node: Watched | undefined,
    nameOf: ReadonlyMap<string, string>,
  ): Promise<NodeView> {
    const gone: NodeView = { ...last, state: 'ended', knows: new Set(), pending: 0, mining: 'off' }
    if (!node?.record) return node?.hasEnded ? gone : last
    const client = this.#clients.of({ name: last.name, record: node.record })
    try {
      const [known, health, mining] = await Promise.all([
        client.call('nodes.list', {}),
        client.call('node.health', {}),
        last.program === 'client' ? client.call('mining.get', {}) : undefined,
      ])
      const names = known.map((record) => nameOf.get(keyOf(record))).filter((name) => name !== undefined)
      return {
        ...last,
        state: 'up',
        knows: new Set(names),
        rounds: health.rounds,
        chainId: health.chain_id,
        tip: tipOf(health),
        pending: health.pending_transactions,
        mining: mining?.mode ?? 'off',
      }
    } catch {
      return node.hasEnded ? gone : last
    }
  }
}

function tipOf({ height, tip_hash: hash }: Health): TipView | undefined {
  return hash === null ? undefined : { height, hash }
}
