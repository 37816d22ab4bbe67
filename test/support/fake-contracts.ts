import { nodeApi } from '../../src/api/node-api.js'
import type { ContractsPort } from '../../src/api/ports/contracts.js'

type Example<N extends keyof typeof nodeApi> = (typeof nodeApi)[N]['example']['result']

const exampleOf = <N extends keyof typeof nodeApi>(name: N): Example<N> => nodeApi[name].example.result

/** Contracts that answer as the examples of the table say, and note what they are told. */
export function fakeContracts(did: unknown[]): ContractsPort {
  const list = exampleOf('contracts.list')
  const told = <T>(what: string, params: unknown, answer: T): Promise<T> => {
    did.push([what, params])
    return Promise.resolve(answer)
  }
  return {
    node: () => Promise.resolve({ channel: list.channel, door: list.door, key: list.node_key }),
    list: () => Promise.resolve({ items: list.contracts, next: null }),
    get: () => Promise.resolve(exampleOf('contracts.get')),
    metadata: () => Promise.resolve(exampleOf('contracts.metadata')),
    deploy: (params) => told('deploy', params, exampleOf('contracts.deploy')),
    invoke: (params) => told('invoke', params, exampleOf('contracts.invoke')),
    evaluate: (params) => told('evaluate', params, exampleOf('contracts.evaluate')),
    call: () => Promise.resolve(exampleOf('contracts.call')),
    events: () => {
      const { events: items, read_to: readTo } = exampleOf('contracts.events')
      return Promise.resolve({ items, readTo })
    },
    value: () => Promise.resolve(exampleOf('contracts.state').entries[0]),
    range: () => Promise.resolve({ items: exampleOf('contracts.state').entries, next: null }),
    query: (...query) => told('query', query, { items: exampleOf('contracts.query').entries, next: null }),
    history: () => Promise.resolve({ items: exampleOf('contracts.history').history, next: null }),
    identities: () => Promise.resolve(exampleOf('contracts.identities').identities),
    issue: (params) => told('issue', params, exampleOf('contracts.issue')),
    connect: (...connection) => told('connect', connection, exampleOf('contracts.connect')),
  }
}
