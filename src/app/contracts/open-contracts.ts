import { join } from 'node:path'
import type { ContractsPort } from '../../api/ports/contracts.js'
import { Conflicts } from '../../contract/calls/conflicts.js'
import { ContractCalls } from '../../contract/calls/contract-calls.js'
import { ContractService } from '../../contract/calls/contract-service.js'
import { IdentityBook } from '../../contract/calls/identity-book.js'
import { StateReader } from '../../contract/calls/state-reader.js'
import type { Organisation } from '../../contract/identity/organisation.js'
import { ContractExecutor } from '../../contract/peer/executor.js'
import { LiveContracts } from '../../contract/peer/live-contracts.js'
import { Simulation } from '../../contract/simulation/simulation.js'
import { CallDefinitions } from '../../ledger/contracts/definition-memory.js'
import { makeFolder } from '../../store/folder.js'
import type { KeyPair } from '../../wallet/keys.js'
import { DEFAULTS } from '../settings/defaults.js'
import { AutoDeploy } from './auto-deploy.js'
import { callChain } from './call-chain.js'
import { Connections } from './connections.js'
import type { ContractsOptions } from './contracts-options.js'
import { DeployedContracts } from './deployed-contracts.js'
import { type ContractsDoor, openDoor } from './door.js'
import { CONTRACTS_FOLDER } from './file-names.js'
import { gatewayAdder } from './gateway.js'
import type { RemotePorts } from './later-remote.js'
import { ContractMembers } from './members.js'
import { openNodeKey } from './node-key.js'
import { type OpenRemote, openRemote } from './open-remote.js'
import { RareWarnings } from './rare-warnings.js'
import { keepIdentity, openIdentities, openOrganisations } from './organisations.js'
import { type OpenPrivateValues, openPrivateValues } from './private-values.js'
import { callTeller, tellBlocks } from './tell-calls.js'
import { tellClosed } from './waiting-work.js'

/** The contracts of a node, at work. */
export interface OpenContracts {
  readonly port: ContractsPort
  readonly remote: RemotePorts
  close(): Promise<void>
}

/** What of contracts stands in the data folder, and who is connected. */
interface Parts {
  readonly options: ContractsOptions
  readonly keys: KeyPair
  readonly warnings: RareWarnings
  readonly organisations: readonly Organisation[]
  readonly deployed: DeployedContracts
  readonly members: ContractMembers
  readonly callers: IdentityBook
  readonly privateStore: OpenPrivateValues
  readonly live: LiveContracts
  readonly connections: Connections
  readonly remote: OpenRemote
}

/** Puts together all that contracts need. @throws {Error} one line for people: a key or an identity that is not in order */
export async function openContracts(options: ContractsOptions): Promise<OpenContracts> {
  let door: ContractsDoor | undefined
  const parts = await openParts(options, () => door)
  const chain = callChain(options.chain.blockchain, options.chain.pending)
  // Conflicts are looked up before anybody hears of the block.
  const conflicts = new Conflicts(chain)
  const calls = callsOf(parts, chain)
  const service = serviceOf(parts, { chain, conflicts, calls, door: () => door })
  const endTelling = tellBlocks(chain, conflicts, options)
  const close = async (): Promise<void> => {
    endTelling()
    calls.close()
    conflicts.close()
    parts.connections.dialler.close()
    parts.live.close()
    await parts.remote.drain()
    await door?.close()
    await parts.remote.close()
    await parts.privateStore.close()
    parts.deployed.close()
  }
  try {
    follow(parts, service)
    const addGateway = gatewayAdder({ ...parts, calls })
    door = await openDoor({
      ...options,
      registrar: parts.live,
      warnings: parts.warnings,
      organisations: parts.organisations,
      contractsFolder: join(options.folder, CONTRACTS_FOLDER),
      peerSettings: peerSettings(options),
      addServices(port) {
        addGateway(port)
        parts.remote.addTo(port)
      },
    })
    if (door) options.log.info({ port: door.address.port }, 'contracts and their clients may dial this node')
    else tellClosed(parts.remote.waiting(), options.log)
  } catch (error) {
    await close()
    throw error
  }
  return { port: service, remote: parts.remote.ports, close }
}

async function openParts(options: ContractsOptions, door: () => ContractsDoor | undefined): Promise<Parts> {
  const { settings, profile, now, chain } = options
  const folder = join(options.folder, CONTRACTS_FOLDER)
  await makeFolder(folder)
  const keys = await openNodeKey(options.folder)
  const mspIds = settings.organisations ?? (profile === 'dev' ? DEFAULTS.contract.dev_organisations : [])
  const organisations = await openOrganisations(folder, mspIds, now())
  const callers = new IdentityBook({
    channelId: settings.channel,
    organisations,
    identities: await openIdentities(folder, organisations, now()),
    keep: (identity) => keepIdentity(folder, identity),
    now,
  })
  const deployed = new DeployedContracts(chain.blockchain)
  // On a developer's machine whoever dials is welcome.
  const accepts = profile === 'dev' ? {} : { accepts: (id: string) => deployed.hasId(id) }
  const live = new LiveContracts({ sharedIds: false, now, ...accepts })
  const connections = await Connections.open({
    ...options,
    folder: join(folder, 'connections'),
    registrar: live,
    peerSettings: peerSettings(options),
  })
  const privateStore = openPrivateValues(folder, options, deployed)
  const members = new ContractMembers(organisations, deployed, now)
  const warnings = new RareWarnings(options.log, now)
  const remote = await openRemote({ options, keys, folder, warnings, door })
  return {
    ...{ options, keys, warnings, organisations, deployed, members, callers },
    ...{ privateStore, live, connections, remote },
  }
}

function peerSettings({ settings }: ContractsOptions) {
  return { timeoutMs: settings.timeoutMs, maxMessageBytes: DEFAULTS.contract.max_message_bytes }
}

function callsOf(
  { options, keys, deployed, members, privateStore: { values: privateValues }, live, connections }: Parts,
  chain: ReturnType<typeof callChain>,
) {
  const executor = new ContractExecutor(
    {
      openSnapshot: () => options.chain.blockchain.index.snapshot(),
      definitions: (world) => {
        const found = new CallDefinitions(deployed.memory, world)
        return (contract) => found.of(contract)
      },
      simulate: (call, snapshot, definition) =>
        new Simulation({
          call,
          snapshot,
          privateValues,
          definitions: { collections: (contract) => definition(contract)?.collections },
        }),
      requireMember: (caller, definition) => members.requireMember(caller, definition),
      processes: live,
      dialler: connections.dialler,
    },
    peerSettings(options),
  )
  const { max_running_calls: maxRunning, max_held_private_bytes: maxHeldBytes } = DEFAULTS.contract
  const onRan = callTeller(options)
  const onFault = (error: unknown): void =>
    options.log.error({ err: error }, 'private values were not purged')
  return new ContractCalls({ chain, executor, privateValues, keys, maxRunning, maxHeldBytes, onRan, onFault })
}

function serviceOf(
  { options, keys, organisations, callers, privateStore, live, connections }: Parts,
  rest: {
    readonly chain: ReturnType<typeof callChain>
    readonly conflicts: Conflicts
    readonly calls: ContractCalls
    readonly door: () => ContractsDoor | undefined
  },
): ContractService {
  const { settings, now } = options
  const openSnapshot = () => options.chain.blockchain.index.snapshot()
  return new ContractService({
    channel: settings.channel,
    chain: rest.chain,
    calls: rest.calls,
    conflicts: rest.conflicts,
    reader: new StateReader(openSnapshot, privateStore.values),
    callers,
    openSnapshot,
    organisations,
    keys,
    live: () =>
      live.list().map((each) => ({ ...each, isDialled: connections.dialler.ids.includes(each.id) })),
    door: () => rest.door()?.address ?? null,
    tlsRootCertificate: () => rest.door()?.tlsRootCertificate,
    connect: (id, connection) => connections.connect(id, connection),
    timeoutMs: settings.timeoutMs,
    now,
  })
}

/** Processes come and go: tells of it, and deploys what is new on a developer's machine. */
function follow({ options, live, keys }: Parts, service: ContractService): void {
  const { log, events, settings, profile, chain } = options
  const autoDeploy = new AutoDeploy({
    world: chain.blockchain.index,
    deploy: (params) => service.deploy(params),
    connected: () => live.list().map(({ id }) => id),
    owner: keys.address,
    log,
  })
  live.on('connected', (id, address) => {
    log.info({ id, address }, 'a contract is connected')
    events.emit('contracts.changed', {})
    if (settings.autoDeploy && profile === 'dev') autoDeploy.connected(id)
  })
  live.on('gone', (id, address, reason) => {
    log.info({ id, address, reason }, 'a contract is gone')
    events.emit('contracts.changed', {})
  })
  live.on('refused', (address, reason) => log.warn({ address, reason }, 'a contract was turned away'))
}
