import type { Steps } from '../../base/steps.js'
import {
  StateRequestError,
  type PageRequest,
  type QueriesInSteps,
  type QueryPage,
  type StateRequests,
} from '../simulation/state-requests.js'
import type { HistoryResult, StateResult } from '../simulation/state-requests.js'
import {
  ChaincodeMessageType as Type,
  DelState,
  GetHistoryForKey,
  GetQueryResult,
  GetState,
  GetStateByRange,
  GetStateMetadata,
  GetStateMultiple,
  GetStateMultipleResult,
  KeyModification,
  KV,
  PurgePrivateState,
  PutState,
  PutStateMetadata,
  QueryMetadata,
  QueryResponse,
  QueryResponseMetadata,
  QueryStateClose,
  QueryStateNext,
  StateMetadataResult,
  WriteBatchState,
  type WriteRecord,
  WriteRecordType,
} from '../wire/fabric.js'

/** Takes an encoded request to the state and gives the payload of its RESPONSE. */
type StateAnswer = (requests: StateRequests, payload: Uint8Array) => Uint8Array

const EMPTY = new Uint8Array()

/** By message type. Each throws a StateRequestError, or a WireError where the payload is no such request. */
export const STATE_ANSWERS: ReadonlyMap<number, StateAnswer> = new Map([
  [Type.GET_STATE, getState],
  [Type.GET_STATE_MULTIPLE, getStateMultiple],
  [Type.PUT_STATE, putState],
  [Type.DEL_STATE, delState],
  [Type.GET_PRIVATE_DATA_HASH, getPrivateDataHash],
  [Type.PURGE_PRIVATE_DATA, purgePrivateData],
  [Type.GET_STATE_METADATA, getStateMetadata],
  [Type.PUT_STATE_METADATA, putStateMetadata],
  [Type.WRITE_BATCH_STATE, writeBatch],
  [Type.GET_HISTORY_FOR_KEY, getHistoryForKey],
  [Type.QUERY_STATE_CLOSE, queryStateClose],
])

/** Takes an encoded query to the state, in steps: it may have to look at a hundred thousand keys. */
type QueryAnswer = (queries: QueriesInSteps, payload: Uint8Array) => Steps<Uint8Array>

/** As {@link STATE_ANSWERS}; the steps throw likewise. */
export const QUERY_ANSWERS: ReadonlyMap<number, QueryAnswer> = new Map([
  [Type.GET_STATE_BY_RANGE, getStateByRange],
  [Type.GET_QUERY_RESULT, getQueryResult],
  [Type.QUERY_STATE_NEXT, queryStateNext],
])

function getState(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, collection } = GetState.decode(payload)
  return requests.getState(key, collection)
}

function getStateMultiple(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { keys, collection } = GetStateMultiple.decode(payload)
  return GetStateMultipleResult.encode({ values: requests.getStateMultiple(keys, collection) })
}

function putState(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, value, collection } = PutState.decode(payload)
  requests.putState(key, value, collection)
  return EMPTY
}

function delState(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, collection } = DelState.decode(payload)
  requests.delState(key, collection)
  return EMPTY
}

function getPrivateDataHash(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, collection } = GetState.decode(payload)
  return requests.getPrivateDataHash(key, collection)
}

function purgePrivateData(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, collection } = PurgePrivateState.decode(payload)
  requests.purgePrivateData(key, collection)
  return EMPTY
}

function getStateMetadata(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, collection } = GetStateMetadata.decode(payload)
  return StateMetadataResult.encode({ entries: requests.getStateMetadata(key, collection) })
}

function putStateMetadata(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { key, collection, metadata } = PutStateMetadata.decode(payload)
  requests.putStateMetadata(key, collection, metadata ?? NO_METADATA)
  return EMPTY
}

const NO_METADATA = { metakey: '', value: EMPTY }

/** What a record of a batch does, by its type. */
const RECORDS: ReadonlyMap<number, (requests: StateRequests, record: WriteRecord) => void> = new Map([
  [WriteRecordType.PUT_STATE, (to, { key, value, collection }) => to.putState(key, value, collection)],
  [WriteRecordType.DEL_STATE, (to, { key, collection }) => to.delState(key, collection)],
  [WriteRecordType.PURGE_PRIVATE_DATA, (to, { key, collection }) => to.purgePrivateData(key, collection)],
  [
    WriteRecordType.PUT_STATE_METADATA,
    (to, { key, collection, metadata }) => to.putStateMetadata(key, collection, metadata ?? NO_METADATA),
  ],
])

function writeBatch(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { rec } = WriteBatchState.decode(payload)
  const writes = rec.map((record) => {
    const write = RECORDS.get(record.type)
    if (!write) throw new StateRequestError('unknown operation type')
    return () => write(requests, record)
  })
  for (const write of writes) write()
  return EMPTY
}

function* getStateByRange(queries: QueriesInSteps, payload: Uint8Array): Steps<Uint8Array> {
  const { startKey, endKey, collection, metadata } = GetStateByRange.decode(payload)
  return encodePage(yield* queries.getStateByRange(startKey, endKey, collection, pageOf(metadata)))
}

function* getQueryResult(queries: QueriesInSteps, payload: Uint8Array): Steps<Uint8Array> {
  const { query, collection, metadata } = GetQueryResult.decode(payload)
  return encodePage(yield* queries.getQueryResult(query, collection, pageOf(metadata)))
}

function getHistoryForKey(requests: StateRequests, payload: Uint8Array): Uint8Array {
  return encodePage(requests.getHistoryForKey(GetHistoryForKey.decode(payload).key))
}

function* queryStateNext(queries: QueriesInSteps, payload: Uint8Array): Steps<Uint8Array> {
  return encodePage(yield* queries.next(QueryStateNext.decode(payload).id))
}

function queryStateClose(requests: StateRequests, payload: Uint8Array): Uint8Array {
  const { id } = QueryStateClose.decode(payload)
  requests.closeQuery(id)
  return QueryResponse.encode({ id })
}

/** Undefined where the contract did not ask for pages. */
function pageOf(metadata: Uint8Array): PageRequest | undefined {
  if (metadata.length === 0) return undefined
  const page = QueryMetadata.decode(metadata)
  return page.pageSize === 0 && page.bookmark === '' ? undefined : page
}

function encodePage(page: QueryPage<StateResult | HistoryResult>): Uint8Array {
  return QueryResponse.encode({
    results: page.results.map((result) => ({ resultBytes: encodeResult(result) })),
    hasMore: page.hasMore,
    id: page.id,
    ...(page.metadata ? { metadata: QueryResponseMetadata.encode(page.metadata) } : {}),
  })
}

function encodeResult(result: StateResult | HistoryResult): Uint8Array {
  if ('key' in result) return KV.encode(result)
  const { callId, timestampMs, value, isDelete } = result
  const seconds = Math.floor(timestampMs / 1000)
  const nanos = Math.round((timestampMs - seconds * 1000) * 1_000_000)
  return KeyModification.encode({ txId: callId, value, timestamp: { seconds, nanos }, isDelete })
}
