import pLimit from 'p-limit'
import { nodeApi, type NodeApi } from '../../api/node-api.js'
import { keyOf, type NodeRecord, urlOf } from '../../nodes/record.js'
import { type RestClient, restClient } from '../../rest/client.js'
import type { NetworkView, NodeView } from './network-view.js'
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

/** Asks the nodes of a network over REST whom they know. */
export class Watcher {
  readonly #limit = pLimit(PARALLEL_LOOKS)
  readonly #clients = new Map<string, RestClient<NodeApi>>()
  #last: NetworkView

  /** `plans` in the order of the view. */
  constructor(plans: readonly NodePlan[]) {
    this.#last = plans.map(({ name, program }) => ({
      name,
      program,
      state: 'starting',
      knows: new Set(),
      rounds: 0,
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
    for (const client of this.#clients.values()) client.close()
  }

  async #lookAt(
    last: NodeView,
    node: Watched | undefined,
    nameOf: ReadonlyMap<string, string>,
  ): Promise<NodeView> {
    if (!node) return last
    if (node.hasEnded) return { ...last, state: 'ended', knows: new Set() }
    if (!node.record) return last
    try {
      const client = this.#clientOf(node.plan.name, node.record)
      const [known, health] = await Promise.all([
        client.call('nodes.list', {}),
        client.call('node.health', {}),
      ])
      const names = known.map((record) => nameOf.get(keyOf(record))).filter((name) => name !== undefined)
      return { ...last, state: 'up', knows: new Set(names), rounds: health.rounds }
    } catch {
      return last
    }
  }

  #clientOf(name: string, record: NodeRecord): RestClient<NodeApi> {
    const known = this.#clients.get(name)
    if (known) return known
    const client = restClient(nodeApi, urlOf(record), { timeoutMs: CALL_TIMEOUT_MS })
    this.#clients.set(name, client)
    return client
  }
}
