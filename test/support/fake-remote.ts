import { nodeApi } from '../../src/api/node-api.js'
import type { RecordsPort, RemotePort } from '../../src/api/ports/remote.js'

type Example<N extends keyof typeof nodeApi> = (typeof nodeApi)[N]['example']['result']

const exampleOf = <N extends keyof typeof nodeApi>(name: N): Example<N> => nodeApi[name].example.result

/** Remote contracts and records that answer as the examples of the table say, and note what they are told. */
export function fakeRemote(did: unknown[]): { readonly remote: RemotePort; readonly records: RecordsPort } {
  const told = <T>(what: string, params: unknown, answer: T): Promise<T> => {
    did.push([what, params])
    return Promise.resolve(answer)
  }
  const list = exampleOf('remote.list')
  const registered = exampleOf('remote.register')
  return {
    remote: {
      door: () => {
        const { chain_id, door, tls_root_certificate } = list
        return Promise.resolve({ chain_id, door, tls_root_certificate })
      },
      list: () => Promise.resolve({ items: list.contracts, next: null }),
      register: (params) => told('register', params, { contract: registered.contract, key: registered.key }),
      get: () => Promise.resolve(exampleOf('remote.get')),
      update: (params) => told('update', params, exampleOf('remote.update')),
      pause: (contract) => told('pause', contract, exampleOf('remote.pause')),
      resume: (contract) => told('resume', contract, exampleOf('remote.resume')),
      delete: (contract) => told('delete', contract, exampleOf('remote.delete').contract_id),
      keys: () => Promise.resolve(exampleOf('remote.keys').keys),
      createKey: (...params) => told('create key', params, exampleOf('remote.create_key')),
      revokeKey: (...params) => told('revoke key', params, undefined),
      backlog: () => Promise.resolve(exampleOf('remote.backlog')),
      invocations: (_contract, state) =>
        Promise.resolve({
          items: exampleOf(state === 'dead' ? 'remote.dead_letters' : 'remote.invocations').invocations,
          next: null,
        }),
      invocation: () => Promise.resolve(exampleOf('remote.invocation')),
      retry: (id) => told('retry', id, exampleOf('remote.retry')),
      discard: (id) => told('discard', id, undefined),
      invoke: (...params) => told('invoke remote', params, exampleOf('remote.invoke').invocation_id),
      logs: () => Promise.resolve(exampleOf('remote.logs').lines),
      heap: () => Promise.resolve(exampleOf('remote.heap')),
      heapKeys: () => Promise.resolve({ items: exampleOf('remote.heap_keys').keys, next: null }),
      streams: () => Promise.resolve(exampleOf('remote.streams').streams),
      audit: () => Promise.resolve(exampleOf('remote.audit')),
    },
    records: {
      types: () => Promise.resolve({ items: exampleOf('record_types.list').record_types, next: null }),
      type: () => Promise.resolve(exampleOf('record_types.get')),
      registerType: (...params) => told('register type', params, exampleOf('record_types.register')),
      deleteType: (name) => told('delete type', name, undefined),
      submit: (record) => told('submit record', record, exampleOf('records.submit')),
      submitMany: (records) => told('submit records', records, exampleOf('records.submit_many')),
      get: () => Promise.resolve(exampleOf('records.get')),
      list: () => Promise.resolve({ items: exampleOf('records.list').records, next: null }),
    },
  }
}
