import type { Call, CallResponse, Simulated } from '../../../src/contract/call.js'
import type { MemberCollection } from '../../../src/contract/simulation/collections.js'
import { MemoryWorld } from '../../../src/contract/simulation/memory-world.js'
import type { SimulationSettings } from '../../../src/contract/simulation/settings.js'
import { Simulation } from '../../../src/contract/simulation/simulation.js'
import type {
  QueryPage,
  StateRequests,
  StateResult,
} from '../../../src/contract/simulation/state-requests.js'
import type { ValidationCode } from '../../../src/ledger/validation-code.js'

export const OK: CallResponse = { status: 200, message: '', payload: new Uint8Array() }

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8')

/** A chain in memory and calls on it. */
export class Sandbox {
  readonly world = new MemoryWorld()
  readonly collections = new Map<string, readonly MemberCollection[]>()
  readonly #settings: Partial<SimulationSettings>
  #calls = 0

  constructor(settings: Partial<SimulationSettings> = {}) {
    this.#settings = settings
  }

  /** A call, not yet run. Its time is its number in s. */
  call(changes: Partial<Call> = {}): Call {
    this.#calls += 1
    return {
      channelId: 'mychannel',
      callId: this.#calls.toString(16).padStart(64, '0'),
      contract: 'c',
      args: [],
      isInit: false,
      transient: new Map(),
      caller: { mspId: 'Org1MSP', certificate: 'none' },
      timestampMs: this.#calls * 1000,
      signedProposal: new Uint8Array(),
      ...changes,
    }
  }

  simulation(call: Call = this.call()): Simulation {
    return new Simulation({
      call,
      snapshot: this.world.snapshot(),
      privateValues: this.world.privateValues,
      definitions: { collections: (contract) => this.collections.get(contract) },
      settings: this.#settings,
    })
  }

  /** Runs `body` as contract c without committing what it does. */
  run(body: (state: StateRequests, simulation: Simulation) => void, changes: Partial<Call> = {}): Simulated {
    return this.start(body, changes).simulated
  }

  /** The same, to be committed later. */
  start(body: (state: StateRequests, simulation: Simulation) => void, changes: Partial<Call> = {}) {
    const call = this.call(changes)
    const simulation = this.simulation(call)
    body(simulation.of(call.contract), simulation)
    return { call, simulated: simulation.finish(OK, undefined) }
  }

  /** Runs and commits in a block of its own. */
  submit(
    body: (state: StateRequests, simulation: Simulation) => void,
    changes: Partial<Call> = {},
  ): ValidationCode {
    const [code] = this.world.commit([this.start(body, changes)])
    return code as ValidationCode
  }

  /** What `body` gives back; nothing is committed. */
  ask<T>(body: (state: StateRequests, simulation: Simulation) => T, changes: Partial<Call> = {}): T {
    const simulation = this.simulation(this.call(changes))
    try {
      return body(simulation.of(changes.contract ?? 'c'), simulation)
    } finally {
      simulation.abort()
    }
  }

  fill(entries: Readonly<Record<string, string>>): void {
    this.submit((state) => {
      for (const [key, value] of Object.entries(entries)) state.putState(key, bytes(value), '')
    })
  }
}

/** Everything a query has, piece after piece. */
export function drain<R extends StateResult>(state: StateRequests, first: QueryPage<R>): readonly R[] {
  const all = [...first.results]
  for (let page: QueryPage<unknown> = first; page.hasMore;) {
    page = state.next(page.id)
    if (page.results.length === 0) throw new Error('a piece is empty')
    all.push(...(page.results as readonly R[]))
  }
  return all
}

export const keysOf = (rows: readonly { readonly key: string }[]): readonly string[] =>
  rows.map(({ key }) => key)

/** So many entries whose keys are in the order of their numbers. */
export const numbered = (count: number, start = 0) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`k${String(start + n).padStart(5, '0')}`, `${n}`]),
  )
