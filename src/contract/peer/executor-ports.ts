import type { WorldView } from '../../ledger/world-state.js'
import type { Call, Caller, Simulated } from '../call.js'
import type { SteppedStateRequests } from '../simulation/state-requests.js'
import type { OpenSnapshot, WorldSnapshot } from '../../ledger/world-snapshot.js'
import type { ContractStream } from './contract-stream.js'

/** What has to be known of a contract to call it. */
export interface Deployed {
  readonly name: string
  /** What its process is expected to register as. */
  readonly id: string
  readonly version: string
  readonly initRequired: boolean
}

/** What a running call reads and writes. */
export interface CallState {
  /** As the contract of this name sees it. */
  of(contract: string): SteppedStateRequests
  /** The contract that runs calls another one. @throws {StateRequestError} where that one waits for this call to end */
  enter(contract: string): void
  /** The called contract is done. */
  leave(): void
  /** Ends the call. */
  finish(response: Simulated['response'], event: Simulated['event']): Simulated
  /** Ends a call that has no result. */
  abort(): void
}

/** The processes that run contracts. */
export interface Processes {
  /** One that is connected under the first of these ids that has any. */
  find(ids: readonly string[]): ContractStream | undefined
}

/** Connects to contracts that serve. */
export interface Dialler {
  /**
   * Dials the contract known under one of these ids; undefined where none is.
   * @throws {ContractError} not-connected; or what the signal was aborted with
   */
  dial(ids: readonly string[], signal: AbortSignal): Promise<ContractStream | undefined>
}

export interface ExecutorPorts<D extends Deployed> {
  readonly openSnapshot: OpenSnapshot
  /** Finds the definitions of contracts in a state. */
  definitions(world: WorldView): (contract: string) => D | undefined
  simulate(call: Call, snapshot: WorldSnapshot, definition: (contract: string) => D | undefined): CallState
  /**
   * Whether the caller is a member of its organisation as this contract knows it: of several definitions each may name an
   * organisation with authorities of its own. @throws {IdentityError} where it is not
   */
  requireMember(caller: Caller, deployed: D): void
  readonly processes: Processes
  readonly dialler?: Dialler
}
