import { randomBytes, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import type { GrpcPort } from '../../contract/peer/grpc-port.js'
import type { ContractSettings } from '../../contract/remote/contract-changes.js'
import { PrimeEngine } from '../../contract/remote/engine/prime-engine.js'
import { TABLE_NAMES } from '../../contract/remote/engine/tables.js'
import { NodeRegistry } from '../../contract/remote/node-registry.js'
import { RecordMaker } from '../../contract/remote/record-maker.js'
import type { RecordSource } from '../../contract/remote/record-source.js'
import { RecordsService } from '../../contract/remote/records-service.js'
import { RemoteService } from '../../contract/remote/remote-service.js'
import type { NodeRecordQueries } from '../../contract/remote/records/node-record-queries.js'
import { SecretBox } from '../../contract/remote/secret-box.js'
import { Admission } from '../../contract/remote/session/admission.js'
import { FailedAttempts } from '../../contract/remote/session/failed-attempts.js'
import { LiveSessions } from '../../contract/remote/session/live-sessions.js'
import { addRemoteService } from '../../contract/remote/session/remote-service.js'
import type { RemoteSessions } from '../../contract/remote/sessions.js'
import { makeFolder } from '../../store/folder.js'
import { OrderedTables } from '../../store/remote/ordered-tables.js'
import { RegistryTables } from '../../store/remote/registry-tables.js'
import { openRemoteRoot } from '../../store/remote/remote-root.js'
import { type Clock, systemClock } from '../../time/clock.js'
import type { KeyPair } from '../../wallet/keys.js'
import { DEFAULTS } from '../settings/defaults.js'
import { arrivingRecords } from './arriving-records.js'
import type { ContractsOptions } from './contracts-options.js'
import type { ContractsDoor } from './door.js'
import { REMOTE_FOLDER } from './file-names.js'
import type { RemotePorts } from './later-remote.js'
import { recordChain } from './record-chain.js'
import type { RareWarnings } from './rare-warnings.js'
import { openRecordQueries } from './record-queries.js'
import { recordSource } from './record-source.js'
import { RemoteTeller } from './tell-remote.js'
import { sessionTeller } from './tell-sessions.js'
import { type WaitingWork, waitingWork } from './waiting-work.js'

/** The remote contracts of a node, at work. */
export interface OpenRemote {
  /** As the method table reaches them. */
  readonly ports: RemotePorts
  /** What waits for them, and for the chain. */
  waiting(): WaitingWork
  /** Adds what their clients call. */
  addTo(port: GrpcPort): void
  /** Lets the clients finish what they can, and ends their streams. */
  drain(): Promise<void>
  close(): Promise<void>
}

export interface OpenRemoteOptions {
  readonly options: ContractsOptions
  /** The node's: it signs the outputs, and nobody else reads the secrets. */
  readonly keys: KeyPair
  /** Where contracts keep what is theirs. */
  readonly folder: string
  readonly warnings: RareWarnings
  /** Where clients connect. */
  readonly door: () => ContractsDoor | undefined
}

const DRAIN_GRACE_MS = DEFAULTS.remote.drain_grace * 1000

/** What the parts are made of. */
interface Ground extends OpenRemoteOptions {
  readonly root: RootDatabase<unknown, string>
  readonly clock: Clock
  readonly records: RecordSource
  readonly queries: NodeRecordQueries
}

/**
 * Puts together what remote contracts need: when this resolves, what an earlier run left is taken up again and clients may
 * come. @throws {Error} one line for people: secrets that cannot be read
 */
export async function openRemote(given: OpenRemoteOptions): Promise<OpenRemote> {
  const { options, folder } = given
  const { chain, now, log } = options
  const own = join(folder, REMOTE_FOLDER)
  await makeFolder(own)
  const root = openRemoteRoot(own)
  const clock: Clock = { now, after: (ms, action) => systemClock.after(ms, action) }
  const records = recordSource(chain.blockchain, chain.pending)
  const queries = openRecordQueries(root, chain.blockchain, (error) =>
    log.error({ err: error }, 'records cannot be made ready to be found'),
  )
  try {
    return await openOn({ ...given, root, clock, records, queries })
  } catch (error) {
    await queries.close()
    await root.close()
    throw error
  }
}

async function openOn(ground: Ground): Promise<OpenRemote> {
  const { options, root, clock, records, queries } = ground
  const teller = new RemoteTeller(options.events, clock, ground.warnings)
  const registry = await openRegistry(ground)
  const prime = openPrime(ground, registry, teller)
  const tell = sessionTeller(options.log, ground.warnings)
  const sessions = new LiveSessions({ prime, registry, clock, tell })
  teller.follow(registry, sessions, records)
  return {
    ports: portsOf(ground, registry, prime, sessions),
    waiting: () => waitingWork(registry, prime),
    addTo(port) {
      const failedAttempts = new FailedAttempts(() => clock.now())
      const admission = new Admission({ registry, chain: records, failedAttempts })
      addRemoteService(port, { sessions, admission, prime, chain: records, tell })
    },
    drain: () => sessions.drain(DRAIN_GRACE_MS),
    async close() {
      sessions.close()
      teller.close()
      await prime.close()
      await registry.close()
      await queries.close()
      await root.close()
    },
  }
}

function portsOf(
  { options, keys, records, queries, door }: Ground,
  registry: NodeRegistry,
  prime: PrimeEngine,
  sessions: RemoteSessions,
): RemotePorts {
  const { blockchain, pending } = options.chain
  const { address } = keys
  const elapsedMs = (): number => performance.now()
  return {
    remote: new RemoteService({
      ...{ registry, reports: prime, sessions, records, address, door, elapsedMs },
      arriving: () => arrivingRecords(pending),
    }),
    records: new RecordsService({
      ...{ registry, reports: prime, queries },
      chain: recordChain(blockchain, pending),
      maker: new RecordMaker(keys, options.now),
    }),
  }
}

function openRegistry({ options, keys, root, clock, records, queries }: Ground): Promise<NodeRegistry> {
  const { profile, url, log } = options
  return NodeRegistry.open({
    ...{ records, queries, clock },
    store: new RegistryTables(root),
    box: new SecretBox(keys),
    node: { profile, address: keys.address, url },
    defaults: contractDefaults(),
    onFault: (error) => log.error({ err: error }, 'what became of an API key was not written down'),
  })
}

function contractDefaults(): ContractSettings {
  const { execution_order, on_dead, confirmations, lease, max_runtime, max_backlog } = DEFAULTS.remote
  return {
    executionOrder: execution_order,
    onDead: on_dead,
    confirmations,
    leaseMs: lease * 1000,
    maxRuntimeMs: max_runtime * 1000,
    maxBacklog: max_backlog,
    schedule: null,
  }
}

function openPrime(
  { options, keys, root, clock, records }: Ground,
  registry: NodeRegistry,
  teller: RemoteTeller,
): PrimeEngine {
  const { chain, random, log } = options
  return PrimeEngine.open({
    ...{ registry, keys, random, randomBytes, teller },
    source: records,
    tables: OrderedTables.open(root, TABLE_NAMES),
    maxTransactionBytes: chain.blockchain.chain.settings.maxTransactionBytes,
    now: () => clock.now(),
    monotonicMs: () => performance.now(),
    after: (ms, action) => clock.after(ms, action),
    uuid: randomUUID,
    log: (message) => log.warn(message),
  })
}
