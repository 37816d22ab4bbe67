import { runSteps } from '../../base/steps.js'
import { binaryOf, bytesOf } from '../../ledger/payload/binary.js'
import { readMetadata, writeMetadata } from './key-metadata.js'
import { PrivateState } from './private-state.js'
import { readCommitted, requireKey, requireMayWrite, type Session } from './session.js'
import type {
  HistoryResult,
  MetadataEntry,
  QueriesInSteps,
  QueryPage,
  StateRequests,
  StateResult,
  SteppedStateRequests,
} from './state-requests.js'
import { SteppedQueries } from './stepped-queries.js'

const NOTHING = new Uint8Array()

/** The state as one contract sees it during a call. Its namespace is its name. */
export class ContractState implements SteppedStateRequests {
  readonly inSteps: QueriesInSteps
  readonly #session: Session
  readonly #contract: string

  constructor(session: Session, contract: string) {
    this.#session = session
    this.#contract = contract
    this.inSteps = new SteppedQueries(session, contract)
  }

  getState(key: string, collection: string): Uint8Array {
    if (collection !== '') return this.#private(collection).get(key)
    const found = readCommitted(this.#session, this.#contract, key)
    return found ? bytesOf(found.value) : NOTHING
  }

  getStateMultiple(keys: readonly string[], collection: string): readonly Uint8Array[] {
    return keys.map((key) => this.getState(key, collection))
  }

  putState(key: string, value: Uint8Array, collection: string): void {
    if (collection !== '') this.#private(collection).put(key, value)
    else this.#write(key, value)
  }

  delState(key: string, collection: string): void {
    if (collection !== '') this.#private(collection).delete(key)
    else this.#write(key, NOTHING)
  }

  getPrivateDataHash(key: string, collection: string): Uint8Array {
    return this.#private(collection).hash(key)
  }

  purgePrivateData(key: string, collection: string): void {
    this.#private(collection).purge(key)
  }

  getStateMetadata(key: string, collection: string): readonly MetadataEntry[] {
    if (collection !== '') return this.#private(collection).metadata(key)
    return readMetadata(this.#session, this.#contract, key)
  }

  putStateMetadata(key: string, collection: string, entry: MetadataEntry): void {
    if (collection !== '') {
      this.#private(collection).putMetadata(key, entry)
    } else {
      requireMayWrite(this.#session)
      writeMetadata(this.#session, this.#contract, key, entry)
    }
  }

  getStateByRange(...query: Parameters<StateRequests['getStateByRange']>): QueryPage<StateResult> {
    return runSteps(this.inSteps.getStateByRange(...query))
  }

  getQueryResult(...query: Parameters<StateRequests['getQueryResult']>): QueryPage<StateResult> {
    return runSteps(this.inSteps.getQueryResult(...query))
  }

  getHistoryForKey(key: string): QueryPage<HistoryResult> {
    return runSteps(this.#session.queries.open(this.#history(requireKey(key))))
  }

  next(id: string): QueryPage<StateResult | HistoryResult> {
    return runSteps(this.inSteps.next(id))
  }

  closeQuery(id: string): void {
    this.#session.queries.close(id)
  }

  #private(collection: string): PrivateState {
    return new PrivateState(this.#session, this.#contract, collection)
  }

  #write(key: string, value: Uint8Array): void {
    requireMayWrite(this.#session)
    this.#session.record.write(this.#contract, requireKey(key), value.length === 0 ? null : binaryOf(value))
  }

  *#history(key: string): Generator<HistoryResult> {
    for (const { callId, timestampMs, value } of this.#session.snapshot.history(this.#contract, key))
      yield { callId, timestampMs, value: value ?? NOTHING, isDelete: value === null }
  }
}
