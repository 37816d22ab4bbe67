import type {
  HistoryResult,
  MetadataEntry,
  PageRequest,
  QueryPage,
  StateResult,
} from '../simulation/state-requests.js'
import type { WriteRecord } from '../wire/fabric.js'
import {
  ChaincodeMessage,
  ChaincodeMessageType,
  ChaincodeSpec,
  DelState,
  GetHistoryForKey,
  GetQueryResult,
  GetState,
  GetStateByRange,
  GetStateMetadata,
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
  Response,
  StateMetadataResult,
} from '../wire/fabric.js'
import { bufferOf, NO_BYTES } from './bytes.js'
import type { ChaincodeResponse, Handler, PreciseHistoryResult } from './handler.js'
import { messageOf } from '../../base/errors.js'
import type { Request } from './request.js'
import type { RequestQueue } from './request-queue.js'

const Type = ChaincodeMessageType

type Batchable = Pick<Request, 'write' | 'read'>

/** Sends what a stub asks over the stream of a node; one for each transaction. */
export class StreamHandler implements Handler {
  readonly #queue: RequestQueue
  /** The open queries whose rows are of a history. */
  readonly #histories = new Set<string>()

  constructor(queue: RequestQueue) {
    this.#queue = queue
  }

  getState(key: string, collection: string): Promise<Uint8Array> {
    const read = { key, collection }
    return this.#ask(Type.GET_STATE, () => GetState.encode(read), bytes, { read })
  }

  /** As one request where the node takes such: the queue puts them together. */
  getStateMultiple(keys: readonly string[], collection: string): Promise<readonly Uint8Array[]> {
    return Promise.all(keys.map((key) => this.getState(key, collection)))
  }

  putState(key: string, value: Uint8Array, collection: string): Promise<void> {
    return this.#write(Type.PUT_STATE, { key, value, collection }, (write) => PutState.encode(write))
  }

  delState(key: string, collection: string): Promise<void> {
    return this.#write(Type.DEL_STATE, { key, collection }, (write) => DelState.encode(write))
  }

  purgePrivateData(key: string, collection: string): Promise<void> {
    const encode = (write: WriteRecord): Uint8Array => PurgePrivateState.encode(write)
    return this.#write(Type.PURGE_PRIVATE_DATA, { key, collection }, encode)
  }

  putStateMetadata(key: string, collection: string, metadata: MetadataEntry): Promise<void> {
    const encode = (write: WriteRecord): Uint8Array => PutStateMetadata.encode(write)
    return this.#write(Type.PUT_STATE_METADATA, { key, collection, metadata }, encode)
  }

  getPrivateDataHash(key: string, collection: string): Promise<Uint8Array> {
    return this.#ask(Type.GET_PRIVATE_DATA_HASH, () => GetState.encode({ key, collection }), bytes)
  }

  getStateMetadata(key: string, collection: string): Promise<readonly MetadataEntry[]> {
    const encode = (): Uint8Array => GetStateMetadata.encode({ key, collection })
    return this.#ask(Type.GET_STATE_METADATA, encode, (answer) => StateMetadataResult.decode(answer).entries)
  }

  getStateByRange(
    startKey: string,
    endKey: string,
    collection: string,
    page: PageRequest | undefined,
  ): Promise<QueryPage<StateResult>> {
    const encode = (): Uint8Array =>
      GetStateByRange.encode({ startKey, endKey, collection, metadata: queryMetadata(page) })
    return this.#ask(Type.GET_STATE_BY_RANGE, encode, (answer) => pageOf(answer, stateRow))
  }

  getQueryResult(
    query: string,
    collection: string,
    page: PageRequest | undefined,
  ): Promise<QueryPage<StateResult>> {
    const encode = (): Uint8Array =>
      GetQueryResult.encode({ query, collection, metadata: queryMetadata(page) })
    return this.#ask(Type.GET_QUERY_RESULT, encode, (answer) => pageOf(answer, stateRow))
  }

  getHistoryForKey(key: string): Promise<QueryPage<HistoryResult>> {
    return this.#ask(
      Type.GET_HISTORY_FOR_KEY,
      () => GetHistoryForKey.encode({ key }),
      (answer) => {
        const page = pageOf(answer, historyRow)
        this.#histories.add(page.id)
        return page
      },
    )
  }

  next(id: string): Promise<QueryPage<StateResult | HistoryResult>> {
    const row = this.#histories.has(id) ? historyRow : stateRow
    return this.#ask(
      Type.QUERY_STATE_NEXT,
      () => QueryStateNext.encode({ id }),
      (answer) => pageOf<StateResult | HistoryResult>(answer, row),
    )
  }

  closeQuery(id: string): Promise<void> {
    return this.#ask(Type.QUERY_STATE_CLOSE, () => QueryStateClose.encode({ id }), nothing)
  }

  invokeChaincode(name: string, args: readonly Uint8Array[]): Promise<ChaincodeResponse> {
    const chaincodeId = { path: '', name, version: '' }
    const input = { args, decorations: {}, isInit: false }
    const encode = (): Uint8Array => ChaincodeSpec.encode({ chaincodeId, input })
    return this.#ask(Type.INVOKE_CHAINCODE, encode, calledResponse)
  }

  #write(
    type: WriteRecord['type'],
    fields: Partial<WriteRecord>,
    encode: (write: WriteRecord) => Uint8Array,
  ): Promise<void> {
    const write = { key: '', value: NO_BYTES, collection: '', metadata: null, ...fields, type }
    return this.#ask(type, () => encode(write), nothing, { write })
  }

  #ask<R>(
    type: number,
    encode: () => Uint8Array,
    read: (payload: Uint8Array) => R,
    batchable: Batchable = {},
  ): Promise<R> {
    return new Promise((resolve, reject) => {
      const answered = (payload: Uint8Array): void => {
        try {
          resolve(read(payload))
        } catch (error) {
          reject(error instanceof Error ? error : new Error(messageOf(error)))
        }
      }
      this.#queue.ask({ type, encode, resolve: answered, reject, isAlone: false, ...batchable })
    })
  }
}

const bytes = (payload: Uint8Array): Uint8Array => payload
const nothing = (): void => undefined

function queryMetadata(page: PageRequest | undefined): Uint8Array {
  return page ? QueryMetadata.encode(page) : NO_BYTES
}

function pageOf<R>(payload: Uint8Array, row: (bytes: Uint8Array) => R): QueryPage<R> {
  const { id, hasMore, results, metadata } = QueryResponse.decode(payload)
  const page = { id, hasMore, results: results.map(({ resultBytes }) => row(resultBytes)) }
  return metadata.length > 0 ? { ...page, metadata: QueryResponseMetadata.decode(metadata) } : page
}

const stateRow = (payload: Uint8Array): StateResult => KV.decode(payload)

function historyRow(payload: Uint8Array): PreciseHistoryResult {
  const { txId, value, isDelete, timestamp } = KeyModification.decode(payload)
  const { seconds, nanos } = timestamp ?? { seconds: 0, nanos: 0 }
  return { callId: txId, value, isDelete, timestampMs: seconds * 1000, nanos }
}

/** @throws {Error} where the node could not run the called contract */
function calledResponse(payload: Uint8Array): ChaincodeResponse {
  const answer = ChaincodeMessage.decode(payload)
  if (answer.type !== Type.COMPLETED) throw new Error(bufferOf(answer.payload).toString())
  const { status, message, payload: result } = Response.decode(answer.payload)
  return { status, message, payload: bufferOf(result) }
}
