import type { Call, CallResponse, Simulated } from '../call.js'
import type { PrivateValues } from '../private-values.js'
import type { WorldSnapshot } from '../../ledger/world-snapshot.js'
import type { Definitions } from './collections.js'
import { ContractState } from './contract-state.js'
import { settleMetadata } from './key-metadata.js'
import { type Ground, Session } from './session.js'
import { DEFAULT_SIMULATION_SETTINGS, type SimulationSettings } from './settings.js'
import { StateRequestError, type SteppedStateRequests } from './state-requests.js'

export interface SimulationOptions {
  readonly call: Call
  /** Stays its owner's to close, once the simulation is finished or aborted. */
  readonly snapshot: WorldSnapshot
  readonly privateValues: PrivateValues
  readonly definitions: Definitions
  readonly settings?: Partial<SimulationSettings>
}

/**
 * The state of one running call: what its contract, and those that it calls, read and write. They see what was committed
 * before the call, and nobody sees what they write before the call is on the chain.
 */
export class Simulation {
  readonly #ground: Ground
  readonly #session: Session
  /** For contracts on other channels: nothing of what they do counts. */
  #besides: Session | undefined
  /** Contracts that wait for each other, the one that runs last. */
  readonly #stack: string[]

  constructor(options: SimulationOptions) {
    this.#ground = { ...options, settings: { ...DEFAULT_SIMULATION_SETTINGS, ...options.settings } }
    this.#session = new Session(this.#ground)
    this.#stack = [options.call.contract]
  }

  /** The state as a contract that takes part in the call sees it. */
  of(contract: string): SteppedStateRequests {
    return new ContractState(this.#session, contract)
  }

  /** The same for a contract called on another channel: it reads and queries, and its writes are lost. */
  readOnlyOf(contract: string): SteppedStateRequests {
    this.#besides ??= new Session(this.#ground)
    return new ContractState(this.#besides, contract)
  }

  /**
   * The contract that runs calls another one.
   * @throws {StateRequestError} where that one waits for the end of this call itself
   */
  enter(contract: string): void {
    const { callId, channelId } = this.#ground.call
    if (this.#stack.includes(contract)) throw new StateRequestError(`txid: ${callId}(${channelId}) exists`)
    this.#stack.push(contract)
  }

  /** The called contract is done. */
  leave(): void {
    if (this.#stack.length > 1) this.#stack.pop()
  }

  /** Ends the call; requests that come later fail. `event`: the last one the contract set. */
  finish(response: CallResponse, event: Simulated['event']): Simulated {
    settleMetadata(this.#session)
    this.abort()
    const { reads, rangeReads, writes, privateWrites } = this.#session.record
    return {
      response,
      event: response.status >= 400 ? undefined : event,
      reads,
      rangeReads,
      writes,
      privateWrites,
    }
  }

  /** Ends a call that has no result. */
  abort(): void {
    this.#session.end()
    this.#besides?.end()
  }
}
