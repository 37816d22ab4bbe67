import { ApiError } from '../../api/errors.js'
import type { ContractsPort, EventsWanted, InvokeParams, Part } from '../../api/ports/contracts.js'
import type {
  CallParams,
  CallPlace,
  ContractAnswer,
  ContractDoor,
  ContractEventJson,
  ContractSummary,
  Deployed,
  DeployParams,
  Evaluated,
  HistoryEntryJson,
  IdentityJson,
  Invoked,
  Issued,
  IssueParams,
  NodeKeyJson,
  QueryResult,
  StateEntry,
} from '../../api/schemas/contract.js'
import {
  type ContractDefinition,
  definitionKey,
  encodeDefinition,
  readDefinition,
  readDefinitionText,
} from '../../ledger/contracts/definition.js'
import { LIFECYCLE } from '../../ledger/contracts/namespaces.js'
import type { KeyPair } from '../../wallet/keys.js'
import type { OpenSnapshot } from '../../ledger/world-snapshot.js'
import { bytesJson } from './bytes-json.js'
import type { CallChain } from './call-chain.js'
import { CallRunner } from './call-runner.js'
import { callPlace } from './call-place.js'
import type { Conflicts } from './conflicts.js'
import type { ContractCalls } from './contract-calls.js'
import { definitionFor, deployTransaction, type HostedOrganisation } from './deploy.js'
import { eventsIn } from './event-reader.js'
import type { LocalCallers } from './local-callers.js'
import { contractNotFound, type StateReader } from './state-reader.js'

/** A process that runs a contract. */
export interface LiveProcess {
  readonly id: string
  readonly address: string
  readonly sinceMs: number
  readonly isDialled: boolean
}

export interface ContractServiceOptions {
  readonly channel: string
  readonly chain: CallChain
  readonly calls: ContractCalls
  readonly conflicts: Conflicts
  readonly reader: StateReader
  readonly callers: LocalCallers
  readonly openSnapshot: OpenSnapshot
  readonly organisations: readonly HostedOrganisation[]
  readonly keys: KeyPair
  readonly live: () => readonly LiveProcess[]
  readonly door: () => ContractDoor
  /** PEM; undefined where the door speaks no TLS. */
  readonly tlsRootCertificate: () => string | undefined
  readonly connect: ContractsPort['connect']
  /** For callers that name no timeout. */
  readonly timeoutMs: number
  readonly now: () => number
}

/** Blocks that one question for events reads. */
const MAX_BLOCKS_READ = 200
/** And for how long, in ms, where they are large. */
const MAX_READ_MS = 250

const AFTER_DEFINITIONS = 'definitions0'

/** The contracts of a node, as the method table reaches them. */
export class ContractService implements ContractsPort {
  readonly #options: ContractServiceOptions
  readonly #runner: CallRunner

  constructor(options: ContractServiceOptions) {
    this.#options = options
    this.#runner = new CallRunner({ ...options, connection: (contract) => this.#connection(contract) })
  }

  node(): Promise<{ readonly channel: string; readonly door: ContractDoor; readonly key: NodeKeyJson }> {
    const { channel, door, keys } = this.#options
    const key = { address: keys.address, public_key: keys.publicKey }
    return Promise.resolve({ channel, door: door(), key })
  }

  list(after: string | undefined, limit: number): Promise<Part<ContractSummary>> {
    const snapshot = this.#options.openSnapshot()
    try {
      // No name holds a zero byte, so the first text after one is the name with it.
      const start = definitionKey(after === undefined ? '' : `${after}\0`)
      const items: ContractSummary[] = []
      for (const { value } of snapshot.worldRange(LIFECYCLE, start, AFTER_DEFINITIONS)) {
        const last = items.at(-1)
        if (items.length === limit && last) return Promise.resolve({ items, next: last.name })
        if ('text' in value) items.push(this.#summary(readDefinitionText(value.text)))
      }
      return Promise.resolve({ items, next: null })
    } finally {
      snapshot.close()
    }
  }

  get(contract: string): Promise<ContractAnswer> {
    const definition = this.#definition(contract)
    const processes = this.#options
      .live()
      .filter(({ id }) => id === definition.id)
      .map(({ id, address, isDialled }) => ({
        id,
        way: isDialled ? ('dialled' as const) : ('registered' as const),
        address,
      }))
    const summary = this.#summary(definition)
    return Promise.resolve({ summary, definition: encodeDefinition(definition) as object, processes })
  }

  metadata(contract: string): Promise<unknown> {
    this.#definition(contract)
    return this.#runner.metadata(contract)
  }

  async deploy(params: DeployParams): Promise<Deployed> {
    const { chain, calls, organisations, keys, now, openSnapshot } = this.#options
    const surroundings = { chainId: chain.id, organisations, keys, nowMs: now() }
    const snapshot = openSnapshot()
    let deployed: { definition: ContractDefinition; transaction: ReturnType<typeof deployTransaction> }
    try {
      const before = readDefinition(snapshot, params.name)
      const definition = definitionFor(params, before, surroundings)
      deployed = { definition, transaction: deployTransaction(snapshot, definition, surroundings) }
    } finally {
      snapshot.close()
    }
    const { definition, transaction } = deployed
    await calls.submit(transaction)
    return { ...(await this.#runner.settle(transaction, params)), summary: summaryOf(definition) }
  }

  async invoke(params: InvokeParams): Promise<Invoked> {
    this.#definition(params.contract)
    return this.#runner.invoke(params)
  }

  async evaluate(params: CallParams): Promise<Evaluated> {
    this.#definition(params.contract)
    return this.#runner.evaluate(params)
  }

  call(callId: string): Promise<CallPlace> {
    const { calls, conflicts } = this.#options
    const found = callPlace(callId, calls.board, conflicts)
    if (found) return Promise.resolve(found)
    return Promise.reject(
      new ApiError('CALL_NOT_FOUND', `this node knows no call ${callId}`, { call_id: callId }),
    )
  }

  async events({
    contract,
    afterHeight,
    afterCallId,
    limit,
  }: EventsWanted): Promise<{ readonly items: readonly ContractEventJson[]; readonly readTo: number }> {
    this.#definition(contract)
    const { chain } = this.#options
    const items: ContractEventJson[] = []
    const first = afterHeight + 1
    const end = Math.min(chain.height(), afterHeight + MAX_BLOCKS_READ)
    const patience = performance.now() + MAX_READ_MS
    for (let height = first; height <= end; height++) {
      if (height > first && performance.now() > patience) return { items, readTo: height - 1 }
      const found = await this.#eventsAt(height, contract)
      const told = height === first ? found.findIndex(({ call_id }) => call_id === afterCallId) + 1 : 0
      for (const event of found.slice(told)) {
        if (items.length === limit) return { items, readTo: height - 1 }
        items.push(event)
      }
    }
    return { items, readTo: Math.max(afterHeight, end) }
  }

  value(contract: string, key: string): Promise<StateEntry | undefined> {
    return this.#options.reader.value(contract, key)
  }

  range(contract: string, start: string, end: string, limit: number): Promise<Part<StateEntry>> {
    return this.#options.reader.range(contract, start, end, limit)
  }

  query(contract: string, query: object, limit: number, bookmark: string): Promise<Part<QueryResult>> {
    return this.#options.reader.query(contract, query, limit, bookmark)
  }

  history(
    contract: string,
    key: string,
    skip: number,
    limit: number,
  ): Promise<Part<HistoryEntryJson, number>> {
    return this.#options.reader.history(contract, key, skip, limit)
  }

  identities(): Promise<readonly IdentityJson[]> {
    return promise(() => this.#options.callers.list())
  }

  async issue(params: IssueParams): Promise<Issued> {
    const { callers, channel, door, tlsRootCertificate } = this.#options
    const issued = await callers.issue(params)
    return { ...issued, tls_root_certificate: tlsRootCertificate() ?? null, channel, door: door() }
  }

  connect(id: string, connection: object | null) {
    return this.#options.connect(id, connection)
  }

  async #eventsAt(height: number, contract: string): Promise<ContractEventJson[]> {
    const { chain } = this.#options
    const hash = chain.activeHash(height)
    const block = hash === undefined ? undefined : await chain.block(hash)
    if (!block || chain.activeHash(height) !== hash) return []
    return eventsIn(chain, block, contract).map((event) => ({
      contract: event.contract,
      call_id: event.callId,
      transaction_id: event.transactionId,
      height,
      name: event.name,
      payload: bytesJson(event.payload),
    }))
  }

  /** @throws {ApiError} CONTRACT_NOT_FOUND */
  #definition(contract: string): ContractDefinition {
    const found = readDefinition(this.#options.chain.world, contract)
    if (!found) throw contractNotFound(contract)
    return found
  }

  #summary(definition: ContractDefinition): ContractSummary {
    const connected = this.#options.live().some(({ id }) => id === definition.id)
    return { ...summaryOf(definition), connected }
  }

  /** Tells one connection of a contract's process from the next; undefined while there is none. */
  #connection(contract: string): string | undefined {
    const id = readDefinition(this.#options.chain.world, contract)?.id
    const process = this.#options.live().find((each) => each.id === id)
    return process && `${process.id} ${process.address} ${process.sinceMs}`
  }
}

function summaryOf({ name, id, version, sequence, organisations }: ContractDefinition): Deployed['summary'] {
  return { name, id, version, sequence, organisations: organisations.map(({ mspId }) => mspId) }
}

/** What is thrown while the answer is made is what the promise rejects with. */
function promise<T>(make: () => T): Promise<T> {
  return new Promise((resolve) => resolve(make()))
}
