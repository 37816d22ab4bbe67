import type { RecordsPort, RemotePort } from '../../api/ports/remote.js'

/** Remote contracts, and the records that invoke them. */
export interface RemotePorts {
  readonly remote: RemotePort
  readonly records: RecordsPort
}

/** Those of a node that are opened after its doors: whoever comes before waits for them. */
export function laterRemote(opening: () => Promise<RemotePorts>): RemotePorts {
  return { remote: laterContracts(opening), records: laterRecords(opening) }
}

function laterContracts(opening: () => Promise<RemotePorts>): RemotePort {
  const remote = async (): Promise<RemotePort> => (await opening()).remote
  return {
    door: async () => (await remote()).door(),
    list: async (after, limit) => (await remote()).list(after, limit),
    register: async (params) => (await remote()).register(params),
    get: async (contract) => (await remote()).get(contract),
    update: async (params) => (await remote()).update(params),
    pause: async (contract) => (await remote()).pause(contract),
    resume: async (contract) => (await remote()).resume(contract),
    delete: async (contract) => (await remote()).delete(contract),
    keys: async (contract) => (await remote()).keys(contract),
    createKey: async (contract, expiresAt) => (await remote()).createKey(contract, expiresAt),
    revokeKey: async (contract, keyId) => (await remote()).revokeKey(contract, keyId),
    backlog: async (contract) => (await remote()).backlog(contract),
    invocations: async (contract, state, after, limit) =>
      (await remote()).invocations(contract, state, after, limit),
    invocation: async (id) => (await remote()).invocation(id),
    retry: async (id) => (await remote()).retry(id),
    discard: async (id) => (await remote()).discard(id),
    invoke: async (contract, payload) => (await remote()).invoke(contract, payload),
    logs: async (contract, sinceMs, tail) => (await remote()).logs(contract, sinceMs, tail),
    heap: async (contract, key) => (await remote()).heap(contract, key),
    heapKeys: async (contract, prefix, after, limit) =>
      (await remote()).heapKeys(contract, prefix, after, limit),
    streams: async (contract) => (await remote()).streams(contract),
    audit: async (contract, from, limit) => (await remote()).audit(contract, from, limit),
  }
}

function laterRecords(opening: () => Promise<RemotePorts>): RecordsPort {
  const records = async (): Promise<RecordsPort> => (await opening()).records
  return {
    types: async (after, limit) => (await records()).types(after, limit),
    type: async (txnType) => (await records()).type(txnType),
    registerType: async (txnType, fields) => (await records()).registerType(txnType, fields),
    deleteType: async (txnType) => (await records()).deleteType(txnType),
    submit: async (record) => (await records()).submit(record),
    submitMany: async (many) => (await records()).submitMany(many),
    get: async (transactionId) => (await records()).get(transactionId),
    list: async (filters, after, limit) => (await records()).list(filters, after, limit),
  }
}
