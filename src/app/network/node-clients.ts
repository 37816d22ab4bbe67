import { nodeApi, type NodeApi } from '../../api/node-api.js'
import { type NodeRecord, urlOf } from '../../nodes/record.js'
import { type RestClient, restClient, type RestClientOptions } from '../../rest/client.js'

/** A node that answers, as far as calls to it go. */
export interface Reachable {
  readonly name: string
  readonly record: NodeRecord
}

/** Calls to the nodes of a network, over one client for each. */
export class NodeClients {
  readonly #clients = new Map<string, RestClient<NodeApi>>()
  readonly #options: RestClientOptions

  constructor(options: RestClientOptions) {
    this.#options = options
  }

  of({ name, record }: Reachable): RestClient<NodeApi> {
    const known = this.#clients.get(name)
    if (known) return known
    const client = restClient(nodeApi, urlOf(record), this.#options)
    this.#clients.set(name, client)
    return client
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }
}
