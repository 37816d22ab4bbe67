import { fail } from '../../api/errors.js'
import type { Part } from '../../api/ports/contracts.js'
import type { RemoteDoor, RemotePort } from '../../api/ports/remote.js'
import type { ContractDoor } from '../../api/schemas/contract.js'
import type {
  AuditPage,
  BacklogJson,
  HeapValue,
  InvocationJson,
  InvocationState,
  InvocationSummary,
  KeyJson,
  LogLineJson,
  NewKey,
  RegisterParams,
  RemoteContractJson,
  RemoteDetails,
  RemoteSummary,
  StreamJson,
  UpdateParams,
} from '../../api/schemas/remote.js'
import { jsonIn } from '../../base/json.js'
import { auditPage } from './audit.js'
import { isFull } from './backlog-limit.js'
import type { NodeRegistry } from './node-registry.js'
import type { InvocationReport, PrimeReports } from './prime-reports.js'
import type { RecordSource } from './record-source.js'
import type { RemoteContract } from './remote-contract.js'
import {
  backlogJson,
  contractJson,
  invocationJson,
  invocationSummary,
  keyJson,
  logLineJson,
  newKeyJson,
  settingsOf,
  streamJson,
  textsOf,
} from './service-json.js'
import type { RemoteSessions } from './sessions.js'

export interface RemoteServiceOptions {
  readonly registry: NodeRegistry
  readonly reports: PrimeReports
  readonly sessions: Pick<RemoteSessions, 'list'>
  readonly records: Pick<RecordSource, 'chainId' | 'height' | 'count' | 'at' | 'carrierOf' | 'isPending'>
  /** How many records of each type wait for a block. */
  readonly arriving: () => ReadonlyMap<string, number>
  /** Of the node's key, which signs the outputs. */
  readonly address: string
  /** Where clients connect, and the certificate (PEM) they know it by; undefined: nowhere. */
  readonly door: () =>
    { readonly address: NonNullable<ContractDoor>; readonly tlsRootCertificate: string } | undefined
  /** Monotonic, in ms. */
  readonly elapsedMs: () => number
}

/** What no invocation is larger than, in UTF-16 units. */
const MAX_PAYLOAD = 1 << 20

/** The remote contracts of a node, as the method table reaches them. */
export class RemoteService implements RemotePort {
  readonly #options: RemoteServiceOptions

  constructor(options: RemoteServiceOptions) {
    this.#options = options
  }

  door(): RemoteDoor {
    const { records } = this.#options
    const door = this.#options.door()
    return {
      chain_id: records.chainId,
      door: door?.address ?? null,
      tls_root_certificate: door?.tlsRootCertificate ?? null,
    }
  }

  list(after: string | undefined, limit: number): Part<RemoteSummary> {
    const contracts = [...this.#options.registry.all()]
      .filter(({ txnType }) => after === undefined || txnType > after)
      .sort((a, b) => (a.txnType < b.txnType ? -1 : 1))
    const page = contracts.slice(0, limit)
    const arriving = this.#options.arriving()
    const items = page.map((contract) => ({
      contract: contractJson(contract),
      backlog: this.#backlog(contract, arriving),
    }))
    return { items, next: contracts.length > limit ? (page.at(-1)?.txnType ?? null) : null }
  }

  async register({
    txn_type,
    env = {},
    secrets = {},
    custom_fields,
    ...settings
  }: RegisterParams): Promise<{ readonly contract: RemoteContractJson; readonly key: NewKey }> {
    const change = { settings: settingsOf(settings), env: textsOf(env), secrets }
    const { contract, key } = await this.#options.registry.create(txn_type, change, custom_fields)
    return { contract: contractJson(contract), key: newKeyJson(key, null) }
  }

  get(name: string): RemoteDetails {
    const contract = this.#require(name)
    const { env, secretNames } = this.#options.registry.givenTo(contract.id)
    return {
      contract: contractJson(contract),
      backlog: this.#backlog(contract),
      env: { ...env },
      secret_names: [...secretNames],
      spans: contract.spans.map(({ after, upTo }) => ({ after, up_to: upTo })),
    }
  }

  async update({ contract, env, secrets, ...settings }: UpdateParams): Promise<RemoteContractJson> {
    const change = {
      settings: settingsOf(settings),
      ...(env === undefined ? {} : { env: textsOf(env) }),
      ...(secrets === undefined ? {} : { secrets }),
    }
    return contractJson(await this.#options.registry.update(this.#require(contract).id, change))
  }

  async pause(contract: string): Promise<RemoteContractJson> {
    return contractJson(await this.#options.registry.pause(this.#require(contract).id))
  }

  async resume(contract: string): Promise<RemoteContractJson> {
    return contractJson(await this.#options.registry.resume(this.#require(contract).id))
  }

  async delete(contract: string): Promise<string> {
    const { id } = this.#require(contract)
    await this.#options.registry.delete(id)
    return id
  }

  keys(contract: string): readonly KeyJson[] {
    return this.#options.registry.keysOf(this.#require(contract).id).map(keyJson)
  }

  async createKey(contract: string, expiresAt: number | undefined): Promise<NewKey> {
    const { key, row } = await this.#options.registry.createKey(this.#require(contract).id, expiresAt ?? null)
    return newKeyJson(key, row.expiresMs)
  }

  revokeKey(contract: string, keyId: string): Promise<void> {
    return this.#options.registry.revokeKey(this.#require(contract).id, keyId)
  }

  backlog(contract: string): BacklogJson {
    return this.#backlog(this.#require(contract))
  }

  invocations(
    contract: string,
    state: InvocationState | undefined,
    after: string | undefined,
    limit: number,
  ): Part<InvocationSummary> {
    const found = this.#options.reports.invocations(this.#require(contract).id, {
      ...(state === undefined ? {} : { state }),
      ...(after === undefined ? {} : { after }),
      limit: limit + 1,
    })
    return partOf(found, limit, invocationSummary, ({ invocation_id }) => invocation_id)
  }

  invocation(invocationId: string): InvocationJson {
    return invocationJson(this.#invocation(invocationId))
  }

  async retry(invocationId: string): Promise<InvocationSummary> {
    this.#invocation(invocationId)
    if (!(await this.#options.reports.retry(invocationId))) notDead(invocationId)
    return invocationSummary(this.#invocation(invocationId))
  }

  async discard(invocationId: string): Promise<void> {
    this.#invocation(invocationId)
    if (!(await this.#options.reports.discard(invocationId))) notDead(invocationId)
  }

  async invoke(name: string, payload: unknown): Promise<string> {
    const contract = this.#require(name)
    const { reports } = this.#options
    if (contract.state !== 'active') fail('REMOTE_CONTRACT_INACTIVE', undefined, { contract_id: contract.id })
    const text = JSON.stringify(payload ?? null)
    if (text.length > MAX_PAYLOAD) fail('BODY_TOO_LARGE', `a payload has at most ${MAX_PAYLOAD} characters`)
    if (isFull(contract, reports.backlogOf(contract.id)))
      fail('BACKLOG_FULL', undefined, { contract_id: contract.id, max_backlog: contract.maxBacklog })
    return reports.invoke(contract.id, text)
  }

  logs(contract: string, sinceMs: number, tail: number): readonly LogLineJson[] {
    return this.#options.reports.logs(this.#require(contract).id, sinceMs, tail).map(logLineJson)
  }

  heap(contract: string, key: string): HeapValue {
    const { id } = this.#require(contract)
    const text = this.#options.reports.heap(id, key)
    if (text === undefined) return fail('HEAP_KEY_NOT_FOUND', undefined, { contract_id: id, key })
    return { contract_id: id, key, value: jsonIn(text) ?? text }
  }

  heapKeys(contract: string, prefix: string, after: string | undefined, limit: number): Part<string> {
    const { id } = this.#require(contract)
    const keys = this.#options.reports.heapKeys(id, prefix, after, limit + 1)
    return partOf(
      keys,
      limit,
      (key) => key,
      (key) => key,
    )
  }

  streams(contract: string | undefined): readonly StreamJson[] {
    const id = contract === undefined ? undefined : this.#require(contract).id
    return this.#options.sessions.list(id).map(streamJson)
  }

  audit(contract: string, from: number, limit: number): AuditPage {
    return auditPage(this.#require(contract), from, limit, this.#options)
  }

  /** By its id or by its type. */
  #require(name: string): RemoteContract {
    const { registry } = this.#options
    return registry.get(name) ?? registry.ofType(name) ?? notFound(name)
  }

  #invocation(invocationId: string): InvocationReport {
    const found = this.#options.reports.invocation(invocationId)
    return (
      found ??
      fail('INVOCATION_NOT_FOUND', `there is no invocation ${invocationId}`, { invocation_id: invocationId })
    )
  }

  #backlog({ id, txnType }: RemoteContract, arriving = this.#options.arriving()): BacklogJson {
    const { reports, sessions } = this.#options
    return backlogJson(id, {
      ...reports.backlogOf(id),
      arriving: arriving.get(txnType) ?? 0,
      streams: sessions.list(id).length,
    })
  }
}

function notFound(name: string): never {
  return fail('REMOTE_CONTRACT_NOT_FOUND', `this node serves no remote contract ${JSON.stringify(name)}`, {
    contract: name,
  })
}

function notDead(invocationId: string): never {
  return fail('INVOCATION_NOT_DEAD', `the invocation ${invocationId} is not dead`, {
    invocation_id: invocationId,
  })
}

/** A page of a list of which up to `limit` + 1 items are at hand. */
function partOf<A, B>(
  found: readonly A[],
  limit: number,
  show: (item: A) => B,
  cursorOf: (last: B) => string,
): Part<B> {
  const items = found.slice(0, limit).map(show)
  const last = items.at(-1)
  return { items, next: found.length > limit && last !== undefined ? cursorOf(last) : null }
}
