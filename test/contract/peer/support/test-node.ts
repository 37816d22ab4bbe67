import type { Call } from '../../../../src/contract/call.js'
import { IdentityError } from '../../../../src/contract/identity/identity-error.js'
import { ContractExecutor } from '../../../../src/contract/peer/executor.js'
import type { Deployed, Dialler } from '../../../../src/contract/peer/executor-ports.js'
import { LiveContracts } from '../../../../src/contract/peer/live-contracts.js'
import type { ContractPeerSettings } from '../../../../src/contract/peer/settings.js'
import { SignedProposal } from '../../../../src/contract/wire/fabric.js'
import type { WorldSnapshot } from '../../../../src/ledger/world-snapshot.js'
import { MapState } from './map-state.js'

export interface TestNode {
  readonly live: LiveContracts
  readonly executor: ContractExecutor<Deployed>
  /** What is deployed, by name. */
  readonly deployed: Map<string, Deployed>
  /** Certificates that a contract, by its name, knows nothing of. */
  readonly strangers: Map<string, string>
  /** The committed state, as `contract.key`. */
  readonly values: Map<string, string>
  /** States of all calls so far. */
  readonly states: MapState[]
  /** Snapshots that are not closed. */
  openSnapshots(): number
}

/** An executor with all that it needs, in memory; the contracts `basic` and `other` are deployed. */
export function testNode(settings: Partial<ContractPeerSettings> = {}, dialler?: Dialler): TestNode {
  const live = new LiveContracts({ sharedIds: settings.sharedIds ?? false, now: () => 0 })
  const deployed = new Map([deployment('basic'), deployment('other')].map((each) => [each.name, each]))
  const strangers = new Map<string, string>()
  const values = new Map<string, string>()
  const states: MapState[] = []
  let open = 0
  const executor = new ContractExecutor<Deployed>(
    {
      openSnapshot: () => {
        open += 1
        return { close: () => (open -= 1) } as unknown as WorldSnapshot
      },
      definitions: () => (name) => deployed.get(name),
      simulate: (call) => {
        const state = new MapState(call, new Map(values))
        states.push(state)
        return state
      },
      requireMember: ({ certificate }, { name }) => {
        if (strangers.get(name) === certificate)
          throw new IdentityError('unknown', 'no authority of this organisation has issued the certificate')
      },
      processes: live,
      ...(dialler ? { dialler } : {}),
    },
    settings,
  )
  return { live, executor, deployed, strangers, values, states, openSnapshots: () => open }
}

export function deployment(name: string, overrides: Partial<Deployed> = {}): Deployed {
  return { name, id: `${name}:1.0`, version: '1.0', initRequired: false, ...overrides }
}

let calls = 0

/** A call with an id of its own. */
export function callOf(contract: string, args: readonly string[], overrides: Partial<Call> = {}): Call {
  calls += 1
  return {
    channelId: 'mychannel',
    callId: calls.toString(16).padStart(64, '0'),
    contract,
    args: args.map((arg) => Buffer.from(arg)),
    isInit: false,
    transient: new Map(),
    caller: { mspId: 'Org1MSP', certificate: 'PEM' },
    timestampMs: 1_700_000_000_000,
    signedProposal: SignedProposal.encode({ proposalBytes: Buffer.from('proposal') }),
    ...overrides,
  }
}
