import type { Steps } from '../../base/steps.js'

/** One page of a query that pages itself: how many at most, and from where on ('' from the start). */
export interface PageRequest {
  readonly pageSize: number
  readonly bookmark: string
}

/** What a query gives back in one piece; more may be had with its id. */
export interface QueryPage<R> {
  readonly id: string
  readonly hasMore: boolean
  readonly results: readonly R[]
  /** Only of queries asked for with a page. */
  readonly metadata?: { readonly fetchedRecordsCount: number; readonly bookmark: string }
}

export interface StateResult {
  readonly namespace: string
  readonly key: string
  readonly value: Uint8Array
}

export interface HistoryResult {
  readonly callId: string
  readonly timestampMs: number
  /** Empty where the key was deleted. */
  readonly value: Uint8Array
  readonly isDelete: boolean
}

export interface MetadataEntry {
  readonly metakey: string
  readonly value: Uint8Array
}

/** A request that the contract may not make; the message is what a Fabric peer says as the cause. */
export class StateRequestError extends Error {
  override readonly name = 'StateRequestError'
}

/**
 * What a contract may ask of the state while one of its calls runs. Reads answer with what was committed before the call,
 * never with its own writes. An empty value means: absent. `collection` is '' for the public state.
 * Every method throws a StateRequestError where a Fabric peer answers ERROR.
 */
export interface StateRequests {
  getState(key: string, collection: string): Uint8Array
  getStateMultiple(keys: readonly string[], collection: string): readonly Uint8Array[]
  putState(key: string, value: Uint8Array, collection: string): void
  delState(key: string, collection: string): void
  getPrivateDataHash(key: string, collection: string): Uint8Array
  purgePrivateData(key: string, collection: string): void
  getStateMetadata(key: string, collection: string): readonly MetadataEntry[]
  putStateMetadata(key: string, collection: string, entry: MetadataEntry): void
  getStateByRange(
    startKey: string,
    endKey: string,
    collection: string,
    page: PageRequest | undefined,
  ): QueryPage<StateResult>
  getQueryResult(query: string, collection: string, page: PageRequest | undefined): QueryPage<StateResult>
  getHistoryForKey(key: string): QueryPage<HistoryResult>
  /** The next piece of an open query. */
  next(id: string): QueryPage<StateResult | HistoryResult>
  /** An unknown id is no error. */
  closeQuery(id: string): void
}

/**
 * The queries of StateRequests that may take long, in steps of a few milliseconds: whoever runs the steps lets others
 * have their turn between them. Until the last step no other request of the call may be made but the end of the call.
 */
export interface QueriesInSteps {
  getStateByRange(...query: Parameters<StateRequests['getStateByRange']>): Steps<QueryPage<StateResult>>
  getQueryResult(...query: Parameters<StateRequests['getQueryResult']>): Steps<QueryPage<StateResult>>
  next(id: string): Steps<QueryPage<StateResult | HistoryResult>>
}

/** A state that can be queried in steps, too. */
export interface SteppedStateRequests extends StateRequests {
  readonly inSteps: QueriesInSteps
}
