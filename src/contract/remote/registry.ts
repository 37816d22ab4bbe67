import type { EventEmitter } from 'node:events'
import type { ContractEnvironment, RemoteContract } from './remote-contract.js'

/** What becomes of an API key that somebody shows. */
export type KeyCheck =
  | { readonly outcome: 'valid'; readonly keyId: string; readonly contractId: string }
  /** Malformed, unknown, revoked or expired: nobody is told which. */
  | { readonly outcome: 'invalid' }

/** What happens to the contracts a node serves; each event comes after it is on disk. */
export interface RegistryEventMap {
  /** Registered, paused, resumed or updated. */
  changed: [contract: RemoteContract]
  /** Its environment or its secrets are others now. */
  environment: [contractId: string]
  deleted: [contractId: string]
  /** Streams that came in with the key must end. */
  revoked: [keyId: string]
}

/** The remote contracts registered with this node, and their keys. Reading is from memory. */
export interface RemoteRegistry {
  readonly events: EventEmitter<RegistryEventMap>
  get(contractId: string): RemoteContract | undefined
  ofType(txnType: string): RemoteContract | undefined
  all(): Iterable<RemoteContract>
  /** Of a contract that is registered. */
  environmentOf(contractId: string): ContractEnvironment
  /** Takes the same time for every key of the right form. Notes when a valid one was last used. */
  check(apiKey: string): KeyCheck
}
