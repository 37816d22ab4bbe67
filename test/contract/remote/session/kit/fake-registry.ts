import { EventEmitter } from 'node:events'
import type {
  KeyCheck,
  RegistryEventMap,
  RemoteRegistry,
} from '../../../../../src/contract/remote/registry.js'
import type {
  ContractEnvironment,
  RemoteContract,
} from '../../../../../src/contract/remote/remote-contract.js'
import { sampleContract } from '../../sample-contract.js'

const CONTRACT = sampleContract({ id: 'b4f2a1de-0000-4000-8000-000000000001', txnType: 'invoice' })

export const KEY = 'SC_ABCDEFGHIJKL.right'
export const OTHER_KEY = 'SC_ZZZZZZZZZZZZ.of-another-contract'

/** Contracts and keys as a test sets them. */
export class FakeRegistry implements RemoteRegistry {
  readonly events = new EventEmitter<RegistryEventMap>()
  readonly #contracts = new Map<string, RemoteContract>()
  readonly keys = new Map<string, { readonly keyId: string; readonly contractId: string }>()
  #environment: ContractEnvironment = { version: 1, env: { TZ: 'UTC' }, secrets: { SC_SECRET_A: 'hush' } }

  constructor() {
    this.put({})
    this.keys.set(KEY, { keyId: 'SC_ABCDEFGHIJKL', contractId: CONTRACT.id })
    this.keys.set(OTHER_KEY, { keyId: 'SC_ZZZZZZZZZZZZ', contractId: 'another' })
  }

  get contract(): RemoteContract {
    return this.#contracts.get(CONTRACT.id) ?? CONTRACT
  }

  put(changes: Partial<RemoteContract>): RemoteContract {
    const contract = { ...this.contract, ...changes }
    this.#contracts.set(contract.id, contract)
    return contract
  }

  change(changes: Partial<RemoteContract>): void {
    this.events.emit('changed', this.put(changes))
  }

  setEnvironment(env: Readonly<Record<string, string>>): void {
    const version = this.#environment.version + 1
    this.#environment = { ...this.#environment, version, env }
    this.put({ envVersion: version })
    this.events.emit('environment', CONTRACT.id)
  }

  revoke(key: string): void {
    const found = this.keys.get(key)
    this.keys.delete(key)
    if (found) this.events.emit('revoked', found.keyId)
  }

  delete(): void {
    this.#contracts.delete(CONTRACT.id)
    this.events.emit('deleted', CONTRACT.id)
  }

  get(contractId: string): RemoteContract | undefined {
    return this.#contracts.get(contractId)
  }

  ofType(txnType: string): RemoteContract | undefined {
    return [...this.#contracts.values()].find((each) => each.txnType === txnType)
  }

  all(): Iterable<RemoteContract> {
    return this.#contracts.values()
  }

  environmentOf(): ContractEnvironment {
    return this.#environment
  }

  check(apiKey: string): KeyCheck {
    const found = this.keys.get(apiKey)
    return found ? { outcome: 'valid', ...found } : { outcome: 'invalid' }
  }
}
