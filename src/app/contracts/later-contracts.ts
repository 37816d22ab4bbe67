import type { ContractsPort } from '../../api/ports/contracts.js'

/** The contracts of a node that are opened after its doors: whoever comes before waits for them. */
export function laterContracts(opening: () => Promise<ContractsPort>): ContractsPort {
  return {
    node: async () => (await opening()).node(),
    list: async (after, limit) => (await opening()).list(after, limit),
    get: async (contract) => (await opening()).get(contract),
    metadata: async (contract) => (await opening()).metadata(contract),
    deploy: async (params) => (await opening()).deploy(params),
    invoke: async (params) => (await opening()).invoke(params),
    evaluate: async (params) => (await opening()).evaluate(params),
    call: async (callId) => (await opening()).call(callId),
    events: async (wanted) => (await opening()).events(wanted),
    value: async (contract, key) => (await opening()).value(contract, key),
    range: async (contract, start, end, limit) => (await opening()).range(contract, start, end, limit),
    query: async (contract, query, limit, bookmark) =>
      (await opening()).query(contract, query, limit, bookmark),
    history: async (contract, key, skip, limit) => (await opening()).history(contract, key, skip, limit),
    identities: async () => (await opening()).identities(),
    issue: async (params) => (await opening()).issue(params),
    connect: async (id, connection) => (await opening()).connect(id, connection),
  }
}
