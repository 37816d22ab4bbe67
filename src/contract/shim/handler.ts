import type { HistoryResult, StateRequests } from '../simulation/state-requests.js'

/** What a called contract answered. */
export interface ChaincodeResponse {
  readonly status: number
  readonly message?: string
  readonly payload?: Uint8Array
}

/**
 * Who answers what a stub asks: the node at the other end of a stream, or a ledger in memory. It has the methods of
 * StateRequests, each with a promise of its result. A request refused rejects; the message is what the contract sees.
 */
export type Handler = {
  readonly [Name in keyof StateRequests]: (
    ...parameters: Parameters<StateRequests[Name]>
  ) => Promise<ReturnType<StateRequests[Name]>>
} & {
  /** `name` is a contract, or `contract/channel`. A contract that fails is an answer with a status of 500, no rejection. */
  invokeChaincode(name: string, args: readonly Uint8Array[]): Promise<ChaincodeResponse>
}

/** A row of a history whose time is known more finely than in ms. */
export interface PreciseHistoryResult extends HistoryResult {
  /** Within the second. */
  readonly nanos?: number
}
