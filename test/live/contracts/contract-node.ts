import type { Simulated } from '../../../src/contract/call.js'
import type { Identity } from '../../../src/contract/identity/identity.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { ContractDialler } from '../../../src/contract/peer/contract-dialler.js'
import { openContractDoor } from '../../../src/contract/peer/contract-door.js'
import { ContractExecutor } from '../../../src/contract/peer/executor.js'
import { type GrpcPort, type GrpcPortOptions, openGrpcPort } from '../../../src/contract/peer/grpc-port.js'
import { type DeployedWithCollections, openSimulation } from '../../../src/contract/peer/open-simulation.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import {
  type ContractPeerSettings,
  DEFAULT_CONTRACT_PEER_SETTINGS,
} from '../../../src/contract/peer/settings.js'
import { makeProposal } from '../../../src/contract/proposal/make-proposal.js'
import { type DoneCall, MemoryWorld } from '../../../src/contract/simulation/memory-world.js'
import type { ValidationCode } from '../../../src/ledger/validation-code.js'
import { timerSleep } from '../../../src/app/timer-sleep.js'

export const CHANNEL = 'mychannel'
export const TIMESTAMP_MS = 1_700_000_000_123

export interface Request {
  readonly identity?: Identity
  readonly transient?: ReadonlyMap<string, Uint8Array>
  readonly isInit?: boolean
}

/** As much of a node as contracts see, with a chain in memory. */
export class ContractNode {
  readonly world = new MemoryWorld()
  readonly live: LiveContracts
  readonly dialler: ContractDialler
  readonly executor: ContractExecutor<DeployedWithCollections>
  readonly user: Identity
  readonly port: GrpcPort
  readonly organisation: Organisation
  readonly #deployed = new Map<string, DeployedWithCollections>()

  private constructor(
    organisation: Organisation,
    user: Identity,
    port: GrpcPort,
    settings: Partial<ContractPeerSettings>,
  ) {
    this.organisation = organisation
    this.user = user
    this.port = port
    this.live = new LiveContracts({ sharedIds: settings.sharedIds ?? false, now: Date.now })
    this.dialler = new ContractDialler({
      registrar: this.live,
      sleep: timerSleep,
      random: Math.random,
      settings,
    })
    this.executor = new ContractExecutor<DeployedWithCollections>(
      {
        openSnapshot: () => this.world.snapshot(),
        definitions: () => (name) => this.#deployed.get(name),
        simulate: openSimulation(this.world.privateValues),
        // Everybody here is the organisation's.
        requireMember: () => undefined,
        processes: this.live,
        dialler: this.dialler,
      },
      settings,
    )
    openContractDoor(port, this.live, settings)
  }

  static async open(
    settings: Partial<ContractPeerSettings> = {},
    options: Partial<GrpcPortOptions> = {},
  ): Promise<ContractNode> {
    const organisation = await Organisation.create('Org1MSP', Date.now())
    const request = { commonName: 'alice', attributes: { role: 'auditor' } }
    const user = await organisation.issue(request, Date.now())
    const { maxMessageBytes } = DEFAULT_CONTRACT_PEER_SETTINGS
    const port = await openGrpcPort({
      host: '127.0.0.1',
      port: 0,
      maxMessageBytes,
      maxConnections: 100,
      ...options,
    })
    return new ContractNode(organisation, user, port, settings)
  }

  /** What contracts dial. */
  get address(): string {
    return `localhost:${this.port.port}`
  }

  deploy(name: string, overrides: Partial<DeployedWithCollections> = {}): void {
    const defaults = { name, id: `${name}:1.0`, version: '1.0', initRequired: false, collections: [] }
    this.#deployed.set(name, { ...defaults, ...overrides })
  }

  /** Runs a call and does not commit it. */
  async run(contract: string, args: readonly string[], request: Request = {}): Promise<DoneCall> {
    const call = makeProposal({
      channelId: CHANNEL,
      identity: request.identity ?? this.user,
      contract,
      args: args.map((arg) => Buffer.from(arg)),
      timestampMs: TIMESTAMP_MS,
      ...request,
    })
    return { call, simulated: await this.executor.execute(call) }
  }

  /** What the contract answers; nothing is committed. */
  async evaluate(contract: string, ...args: readonly string[]): Promise<string> {
    return resultOf((await this.run(contract, args)).simulated)
  }

  /** The same, in a block. */
  async submit(contract: string, ...args: readonly string[]): Promise<string> {
    const done = await this.run(contract, args)
    const result = resultOf(done.simulated)
    this.commit(done)
    return result
  }

  commit(...done: readonly DoneCall[]): readonly ValidationCode[] {
    return this.world.commit(done)
  }

  async close(): Promise<void> {
    this.dialler.close()
    this.live.close()
    await this.port.close(2000)
  }
}

/** @throws with the contract's text where it failed */
export function resultOf({ response }: Simulated): string {
  if (response.status >= 400) throw new Error(response.message)
  return Buffer.from(response.payload).toString()
}
