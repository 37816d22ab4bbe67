import { conflictOf } from '../../ledger/conflict.js'
import type { InvocationPayload } from '../../ledger/payload/invocation.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import type { WorldView } from '../../ledger/world-state.js'
import { makeProposal } from '../proposal/make-proposal.js'
import type { Chaincode } from '../shim/chaincode.js'
import type { MemberCollection } from '../simulation/collections.js'
import { type DoneCall, MemoryWorld } from '../simulation/memory-world.js'
import { Simulation } from '../simulation/simulation.js'
import { CommitFailure } from './errors.js'
import { Identities, type TestIdentity } from './identities.js'
import { satisfiesKeyPolicies } from './key-policies.js'
import { ContractRun } from './run-contract.js'

/** A call that is asked for. */
export interface Request {
  readonly contract: string
  readonly identity: Required<TestIdentity>
  readonly transient: ReadonlyMap<string, Uint8Array>
  /** Organisations whose nodes vouch for the call; undefined: whoever is needed. */
  readonly endorsers: ReadonlySet<string> | undefined
  /** The function first. */
  readonly args: readonly Uint8Array[]
}

/** A call that ran. */
export interface RunCall extends DoneCall {
  readonly endorsers: ReadonlySet<string> | undefined
}

/** A contract as it is deployed. */
export interface Deployed {
  readonly chaincode: Chaincode
  readonly collections: readonly MemberCollection[]
}

/** An event of a call that took effect. */
export interface TestEvent {
  readonly contract: string
  readonly name: string
  readonly payload: string
  readonly callId: string
  readonly height: number
}

export interface ChainSettings {
  readonly channelId: string
  readonly peerMspId: string
  /** The time of each call. */
  readonly now: () => Date
}

/** Contracts and their state in memory; every call that is committed has a block of its own. */
export class Chain {
  readonly world = new MemoryWorld((call, world) => this.#judgeEndorsers(call, world))
  readonly events: TestEvent[] = []
  readonly #contracts = new Map<string, Deployed>()
  readonly #identities = new Identities()
  readonly #settings: ChainSettings
  /** Of the call that is being committed. */
  #endorsers: ReadonlySet<string> | undefined

  constructor(settings: ChainSettings) {
    this.#settings = settings
  }

  /** Under a name that was taken it takes the place of what was there. */
  deploy(name: string, deployed: Deployed): void {
    this.#contracts.set(name, deployed)
  }

  /** Runs a call on the state as it is now. */
  async run({ identity: asked, endorsers, ...request }: Request): Promise<RunCall> {
    const { channelId, peerMspId, now } = this.#settings
    const timestampMs = now().getTime()
    const snapshot = this.world.snapshot()
    const identity = await this.#identities.get(asked)
    const call = makeProposal({ ...request, channelId, identity, timestampMs })
    const simulation = new Simulation({
      call,
      snapshot,
      privateValues: this.world.privateValues,
      definitions: { collections: (name) => this.#contracts.get(name)?.collections },
    })
    try {
      const find = (name: string) => this.#contracts.get(name)?.chaincode
      const simulated = await new ContractRun(call, simulation, find, peerMspId).start()
      return { call, simulated, endorsers }
    } finally {
      simulation.abort()
      snapshot.close()
    }
  }

  /** @throws {CommitFailure} */
  commit(done: RunCall): void {
    const { callId, contract } = done.call
    this.#endorsers = done.endorsers
    const before = this.world.snapshot()
    const [code = VALIDATION_CODE.VALID] = this.world.commit([done])
    if (code !== VALIDATION_CODE.VALID) throw new CommitFailure(callId, code, reasonOf(done, before))
    const { event } = done.simulated
    const { height } = this.world
    if (event) {
      const payload = Buffer.from(event.payload).toString('utf8')
      this.events.push({ contract, name: event.name, payload, callId, height })
    }
  }

  #judgeEndorsers({ writes }: InvocationPayload, world: WorldView): ValidationCode {
    const isEnough = !this.#endorsers || satisfiesKeyPolicies(writes, world, this.#endorsers)
    return isEnough ? VALIDATION_CODE.VALID : VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE
  }
}

function reasonOf({ simulated }: DoneCall, world: WorldView): string {
  const conflict = conflictOf(simulated, world)
  if (!conflict) return ''
  const { namespace, key, found } = conflict
  const change = found ? `was written by block ${found.height}` : 'was deleted'
  return `: ${JSON.stringify(key)} of ${namespace} ${change} since it was read`
}
