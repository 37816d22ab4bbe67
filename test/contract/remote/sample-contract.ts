import type { ContractSettings } from '../../../src/contract/remote/contract-changes.js'
import type { RemoteContract } from '../../../src/contract/remote/remote-contract.js'

/** What a node gives a contract. */
export const SETTINGS: ContractSettings = {
  executionOrder: 'parallel',
  onDead: 'continue',
  confirmations: 1,
  leaseMs: 60_000,
  maxRuntimeMs: 900_000,
  maxBacklog: 1_000_000,
  schedule: null,
}

/** A contract with those settings. */
export function sampleContract(changes: Partial<RemoteContract> = {}): RemoteContract {
  return {
    id: '6f3c2b1a-0000-4000-8000-000000000001',
    txnType: 'order',
    state: 'active',
    ...SETTINGS,
    spans: [{ after: 0, upTo: null }],
    envVersion: 1,
    createdMs: 0,
    ...changes,
  }
}
