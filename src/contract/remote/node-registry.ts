import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { fail } from '../../api/errors.js'
import { assert } from '../../base/errors.js'
import { closeSpan, openSpan } from './active-spans.js'
import type { ApiKey } from './api-key.js'
import { changedRow, type ContractChange } from './contract-changes.js'
import { contractEnvironment } from './contract-environment.js'
import { type OneAtATime, oneAtATime } from './one-at-a-time.js'
import type { RecordField } from './record-queries.js'
import type { RecordType } from './record-type.js'
import { RegistryKeys } from './registry-keys.js'
import type { ContractRow, KeyRow } from './registry-rows.js'
import type { NodeRegistryOptions } from './registry-options.js'
import { RegistryTypes } from './registry-types.js'
import type { KeyCheck, RegistryEventMap, RemoteRegistry } from './registry.js'
import type { ContractEnvironment, RemoteContract } from './remote-contract.js'

const MAX_CONTRACTS = 1000
/** Times a contract was paused and resumed with records in between. */
const MAX_SPANS = 1000

/** A contract, and a key that is shown this once. */
export interface Registered {
  readonly contract: RemoteContract
  readonly key: ApiKey
}

/** The remote contracts of a node: kept on disk, read from memory, changed one after another. */
export class NodeRegistry implements RemoteRegistry {
  readonly events = new EventEmitter<RegistryEventMap>()
  readonly #options: NodeRegistryOptions
  readonly #rows = new Map<string, ContractRow>()
  /** Ids by their type. */
  readonly #types = new Map<string, string>()
  readonly #keys: RegistryKeys
  readonly #recordTypes: RegistryTypes
  readonly #alone: OneAtATime = oneAtATime()

  private constructor(options: NodeRegistryOptions) {
    this.#options = options
    const { store, clock, onFault } = options
    this.events.setMaxListeners(0)
    for (const row of store.contracts()) this.#keep(row)
    const onGone = (keyId: string): void => void this.events.emit('revoked', keyId)
    this.#keys = new RegistryKeys({ store, clock, onGone, onFault })
    this.#recordTypes = new RegistryTypes(store, options.queries)
  }

  /** @throws {Error} one line for people: secrets that the node cannot read */
  static async open(options: NodeRegistryOptions): Promise<NodeRegistry> {
    const registry = new NodeRegistry(options)
    registry.#checkSecrets()
    await registry.#recordTypes.define()
    return registry
  }

  get(contractId: string): RemoteContract | undefined {
    return this.#rows.get(contractId)?.contract
  }

  ofType(txnType: string): RemoteContract | undefined {
    return this.get(this.#types.get(txnType) ?? '')
  }

  *all(): Generator<RemoteContract> {
    for (const { contract } of this.#rows.values()) yield contract
  }

  environmentOf(contractId: string): ContractEnvironment {
    const row = this.#rows.get(contractId)
    assert(row, 'somebody asks for the environment of a contract that is not registered')
    const { node, records, box } = this.#options
    return contractEnvironment(row, { node, chainId: records.chainId, box })
  }

  /** By the names people gave them; secrets by name alone. */
  givenTo(contractId: string): {
    readonly env: Readonly<Record<string, string>>
    readonly secretNames: readonly string[]
  } {
    const { env, secrets } = this.#require(contractId)
    return { env, secretNames: Object.keys(secrets).sort() }
  }

  check(apiKey: string): KeyCheck {
    return this.#keys.check(apiKey)
  }

  keysOf(contractId: string): readonly KeyRow[] {
    return this.#keys.of(this.#require(contractId).contract.id)
  }

  recordType(txnType: string): RecordType | undefined {
    return this.#recordTypes.get(txnType)
  }

  /** By name, after the one given. */
  recordTypes(after: string | undefined): Iterable<RecordType> {
    return this.#recordTypes.after(after)
  }

  /** Also registers the type, unless it is. On the disk when it resolves, as all of the following. @throws {ApiError} */
  create(
    txnType: string,
    { settings = {}, env = {}, secrets = {} }: ContractChange,
    customFields: readonly RecordField[] = [],
  ): Promise<Registered> {
    return this.#alone(async () => {
      this.#requireFree(txnType)
      const isNewType = !this.#recordTypes.get(txnType)
      if (isNewType || customFields.length > 0) await this.#recordTypes.prepare(txnType, customFields)
      const { defaults, records, clock, box } = this.#options
      const nowMs = clock.now()
      const fresh: RemoteContract = {
        ...defaults,
        ...settings,
        id: randomUUID(),
        txnType,
        state: 'active',
        spans: openSpan([], records.count(txnType)),
        envVersion: 1,
        createdMs: nowMs,
      }
      const row = changedRow({ contract: fresh, env: {}, secrets: {} }, { env, secrets }, box)
      const { key, row: keyRow } = this.#keys.draft(fresh.id, null)
      const type = { txnType, customFields, createdMs: nowMs }
      await this.#options.store.write({
        contracts: { put: [row] },
        keys: { put: [keyRow] },
        types: { put: isNewType ? [type] : [] },
      })
      if (isNewType) this.#recordTypes.added(type)
      this.#keys.added(keyRow)
      this.#keep(row)
      this.events.emit('changed', row.contract)
      return { contract: row.contract, key }
    })
  }

  /** @throws {ApiError} */
  update(contractId: string, change: ContractChange): Promise<RemoteContract> {
    return this.#alone(async () => {
      const before = this.#require(contractId)
      const row = changedRow(before, change, this.#options.box)
      await this.#write(row)
      if (row.contract.envVersion !== before.contract.envVersion) this.events.emit('environment', contractId)
      return row.contract
    })
  }

  /** Records that come from now on do not invoke it. @throws {ApiError} */
  pause(contractId: string): Promise<RemoteContract> {
    return this.#switch(contractId, 'inactive', closeSpan)
  }

  /** @throws {ApiError} */
  resume(contractId: string): Promise<RemoteContract> {
    return this.#switch(contractId, 'active', openSpan)
  }

  /** With its keys; its type stays. @throws {ApiError} */
  delete(contractId: string): Promise<void> {
    return this.#alone(async () => {
      const { contract } = this.#require(contractId)
      const keyIds = this.#keys.of(contractId).map(({ id }) => id)
      await this.#keys.remove(keyIds, () =>
        this.#options.store.write({ contracts: { remove: [contractId] }, keys: { remove: keyIds } }),
      )
      this.#rows.delete(contractId)
      this.#types.delete(contract.txnType)
      this.events.emit('deleted', contractId)
    })
  }

  /** `expiresMs`: null: never. @throws {ApiError} */
  createKey(
    contractId: string,
    expiresMs: number | null,
  ): Promise<{ readonly key: ApiKey; readonly row: KeyRow }> {
    return this.#alone(async () => {
      this.#require(contractId)
      const drafted = this.#keys.draft(contractId, expiresMs)
      await this.#options.store.write({ keys: { put: [drafted.row] } })
      this.#keys.added(drafted.row)
      return drafted
    })
  }

  /** @throws {ApiError} */
  revokeKey(contractId: string, keyId: string): Promise<void> {
    return this.#alone(async () => {
      this.#require(contractId)
      const found = this.#keys.of(contractId).some(({ id }) => id === keyId)
      if (!found) fail('API_KEY_NOT_FOUND', undefined, { key_id: keyId })
      await this.#keys.remove([keyId], () => this.#options.store.write({ keys: { remove: [keyId] } }))
    })
  }

  /** @throws {ApiError} */
  registerType(txnType: string, customFields: readonly RecordField[]): Promise<RecordType> {
    return this.#alone(async () => {
      await this.#recordTypes.prepare(txnType, customFields)
      const row = { txnType, customFields, createdMs: this.#options.clock.now() }
      await this.#options.store.write({ types: { put: [row] } })
      this.#recordTypes.added(row)
      return row
    })
  }

  /** @throws {ApiError} a contract has it, or there is none */
  deleteType(txnType: string): Promise<void> {
    return this.#alone(async () => {
      const contract = this.ofType(txnType)
      if (contract)
        fail('RECORD_TYPE_IN_USE', 'a contract has this type; delete the contract first', {
          contract_id: contract.id,
        })
      if (!this.#recordTypes.get(txnType)) fail('RECORD_TYPE_NOT_FOUND', undefined, { txn_type: txnType })
      await this.#options.store.write({ types: { remove: [txnType] } })
      await this.#recordTypes.removed(txnType)
    })
  }

  /** Ends what is under way, and writes what is not yet. */
  close(): Promise<void> {
    return this.#alone(() => this.#keys.close())
  }

  #switch(
    contractId: string,
    state: RemoteContract['state'],
    spansAfter: typeof openSpan,
  ): Promise<RemoteContract> {
    return this.#alone(async () => {
      const row = this.#require(contractId)
      const { contract } = row
      if (contract.state === state) return contract
      const spans = spansAfter(contract.spans, this.#options.records.count(contract.txnType))
      if (spans.length > MAX_SPANS)
        fail('REMOTE_LIMIT', `it was paused ${MAX_SPANS} times; register it anew`, { limit: MAX_SPANS })
      const after = { ...row, contract: { ...contract, state, spans } }
      await this.#write(after)
      return after.contract
    })
  }

  async #write(row: ContractRow): Promise<void> {
    await this.#options.store.write({ contracts: { put: [row] } })
    this.#keep(row)
    this.events.emit('changed', row.contract)
  }

  #keep(row: ContractRow): void {
    this.#rows.set(row.contract.id, row)
    this.#types.set(row.contract.txnType, row.contract.id)
  }

  #require(contractId: string): ContractRow {
    return (
      this.#rows.get(contractId) ?? fail('REMOTE_CONTRACT_NOT_FOUND', undefined, { contract: contractId })
    )
  }

  #requireFree(txnType: string): void {
    const holder = this.ofType(txnType)
    if (holder)
      fail('RECORD_TYPE_TAKEN', `a contract has the type ${JSON.stringify(txnType)} already`, {
        txn_type: txnType,
        contract_id: holder.id,
      })
    if (this.#rows.size >= MAX_CONTRACTS)
      fail('REMOTE_LIMIT', `this node serves at most ${MAX_CONTRACTS} remote contracts`, {
        limit: MAX_CONTRACTS,
      })
  }

  #checkSecrets(): void {
    for (const { id, txnType } of this.all()) {
      try {
        this.environmentOf(id)
      } catch (error) {
        throw new Error(
          `the secrets of contract ${txnType} were kept under another key of this node: put its node_key.json back`,
          { cause: error },
        )
      }
    }
  }
}
