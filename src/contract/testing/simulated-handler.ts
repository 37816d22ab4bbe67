import { messageOf } from '../../base/errors.js'
import type { ChaincodeResponse, Handler } from '../shim/handler.js'
import type {
  HistoryResult,
  MetadataEntry,
  PageRequest,
  QueryPage,
  StateRequests,
  StateResult,
} from '../simulation/state-requests.js'

/** Calls another contract for the one that runs. */
export type InvokeContract = (name: string, args: readonly Uint8Array[]) => Promise<ChaincodeResponse>

/** Answers a stub from a simulation in this process. A refusal has the text that it has from a node. */
export class SimulatedHandler implements Handler {
  readonly #state: StateRequests
  readonly #callId: string
  readonly #invoke: InvokeContract

  constructor(state: StateRequests, callId: string, invoke: InvokeContract) {
    this.#state = state
    this.#callId = callId
    this.#invoke = invoke
  }

  getState(key: string, collection: string): Promise<Uint8Array> {
    return this.#answer('GET_STATE', () => this.#state.getState(key, collection))
  }

  getStateMultiple(keys: readonly string[], collection: string): Promise<readonly Uint8Array[]> {
    return this.#answer('GET_STATE_MULTIPLE', () => this.#state.getStateMultiple(keys, collection))
  }

  putState(key: string, value: Uint8Array, collection: string): Promise<void> {
    return this.#answer('PUT_STATE', () => this.#state.putState(key, value, collection))
  }

  delState(key: string, collection: string): Promise<void> {
    return this.#answer('DEL_STATE', () => this.#state.delState(key, collection))
  }

  getPrivateDataHash(key: string, collection: string): Promise<Uint8Array> {
    return this.#answer('GET_PRIVATE_DATA_HASH', () => this.#state.getPrivateDataHash(key, collection))
  }

  purgePrivateData(key: string, collection: string): Promise<void> {
    return this.#answer('PURGE_PRIVATE_DATA', () => this.#state.purgePrivateData(key, collection))
  }

  getStateMetadata(key: string, collection: string): Promise<readonly MetadataEntry[]> {
    return this.#answer('GET_STATE_METADATA', () => this.#state.getStateMetadata(key, collection))
  }

  putStateMetadata(key: string, collection: string, entry: MetadataEntry): Promise<void> {
    return this.#answer('PUT_STATE_METADATA', () => this.#state.putStateMetadata(key, collection, entry))
  }

  getStateByRange(
    startKey: string,
    endKey: string,
    collection: string,
    page: PageRequest | undefined,
  ): Promise<QueryPage<StateResult>> {
    const scan = () => this.#state.getStateByRange(startKey, endKey, collection, page)
    return this.#answer('GET_STATE_BY_RANGE', scan)
  }

  getQueryResult(
    query: string,
    collection: string,
    page: PageRequest | undefined,
  ): Promise<QueryPage<StateResult>> {
    return this.#answer('GET_QUERY_RESULT', () => this.#state.getQueryResult(query, collection, page))
  }

  getHistoryForKey(key: string): Promise<QueryPage<HistoryResult>> {
    return this.#answer('GET_HISTORY_FOR_KEY', () => this.#state.getHistoryForKey(key))
  }

  next(id: string): Promise<QueryPage<StateResult | HistoryResult>> {
    return this.#answer('QUERY_STATE_NEXT', () => this.#state.next(id))
  }

  closeQuery(id: string): Promise<void> {
    return this.#answer('QUERY_STATE_CLOSE', () => this.#state.closeQuery(id))
  }

  invokeChaincode(name: string, args: readonly Uint8Array[]): Promise<ChaincodeResponse> {
    return this.#answer('INVOKE_CHAINCODE', () => this.#invoke(name, args))
  }

  async #answer<T>(type: string, ask: () => T | Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      throw new Error(`${type} failed: transaction ID: ${this.#callId}: ${messageOf(error)}`)
    }
  }
}
