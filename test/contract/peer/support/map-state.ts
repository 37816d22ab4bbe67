import type { Steps } from '../../../../src/base/steps.js'
import type { Call, Simulated } from '../../../../src/contract/call.js'
import type { CallState } from '../../../../src/contract/peer/executor-ports.js'
import {
  type HistoryResult,
  type MetadataEntry,
  type QueryPage,
  StateRequestError,
  type QueriesInSteps,
  type StateResult,
  type SteppedStateRequests,
} from '../../../../src/contract/simulation/state-requests.js'

/** A query that lets others have their turn once. */
function* inTwoSteps<T>(query: () => T): Steps<T> {
  yield
  return query()
}

const NOTHING = new Uint8Array()
const PAGE = 2

/** A state in maps that remembers what was asked of it; reads do not see writes. */
export class MapState implements CallState {
  readonly values: ReadonlyMap<string, string>
  readonly writes = new Map<string, string>()
  readonly asked: string[] = []
  readonly #call: Pick<Call, 'callId' | 'channelId'>
  readonly #stack: string[]
  isOver = false
  /** Values that were asked for. */
  reads = 0

  constructor(call: Pick<Call, 'callId' | 'channelId' | 'contract'>, values: ReadonlyMap<string, string>) {
    this.#call = call
    this.#stack = [call.contract]
    this.values = values
  }

  of(contract: string): SteppedStateRequests {
    return new MapRequests(this, contract)
  }

  enter(contract: string): void {
    const { callId, channelId } = this.#call
    if (this.#stack.includes(contract)) throw new StateRequestError(`txid: ${callId}(${channelId}) exists`)
    this.#stack.push(contract)
  }

  leave(): void {
    this.#stack.pop()
  }

  finish(response: Simulated['response'], event: Simulated['event']): Simulated {
    this.isOver = true
    const writes = [...this.writes].map(([place, text]) => {
      const [namespace = '', key = ''] = place.split('.')
      return { namespace, key, value: { text } }
    })
    return { response, event, reads: [], rangeReads: [], writes, privateWrites: [] }
  }

  abort(): void {
    this.isOver = true
  }
}

/** Keys stand as `contract.key` in the maps, those of a collection as `contract/collection.key`. */
class MapRequests implements SteppedStateRequests {
  readonly inSteps: QueriesInSteps = {
    getStateByRange: (...query) => inTwoSteps(() => this.getStateByRange(...query)),
    getQueryResult: (query, collection) => inTwoSteps(() => this.getQueryResult(query, collection)),
    next: (id) => inTwoSteps(() => this.next(id)),
  }
  readonly #state: MapState
  readonly #contract: string
  readonly #open = new Map<string, (StateResult | HistoryResult)[]>()

  constructor(state: MapState, contract: string) {
    this.#state = state
    this.#contract = contract
  }

  getState(key: string, collection: string): Uint8Array {
    this.#state.reads += 1
    const value = this.#state.values.get(this.#place(key, collection))
    return value === undefined ? NOTHING : Buffer.from(value)
  }

  getStateMultiple(keys: readonly string[], collection: string): readonly Uint8Array[] {
    return keys.map((key) => this.getState(key, collection))
  }

  putState(key: string, value: Uint8Array, collection: string): void {
    if (key === 'forbidden') throw new StateRequestError('writes are not allowed')
    if (key === 'broken') throw new Error('our own bug')
    this.#state.writes.set(this.#place(key, collection), Buffer.from(value).toString())
  }

  delState(key: string, collection: string): void {
    this.putState(key, NOTHING, collection)
  }

  getPrivateDataHash(key: string, collection: string): Uint8Array {
    return Buffer.from(`hash of ${collection} ${key}`)
  }

  purgePrivateData(key: string, collection: string): void {
    this.#state.asked.push(`purge ${collection} ${key}`)
  }

  getStateMetadata(key: string, collection: string): readonly MetadataEntry[] {
    return [{ metakey: 'VALIDATION_PARAMETER', value: Buffer.from(`${collection} ${key}`) }]
  }

  putStateMetadata(key: string, collection: string, { metakey, value }: MetadataEntry): void {
    this.#state.asked.push(`metadata ${collection} ${key} ${metakey} ${Buffer.from(value).toString()}`)
  }

  getStateByRange(
    start: string,
    end: string,
    collection: string,
    page: { readonly pageSize: number; readonly bookmark: string } | undefined,
  ): QueryPage<StateResult> {
    this.#state.asked.push(
      `range ${start} ${end} ${collection} ${page?.pageSize ?? '-'} ${page?.bookmark ?? '-'}`,
    )
    const rows = [1, 2, 3].map((n) => ({
      namespace: this.#contract,
      key: `k${n}`,
      value: Buffer.from(String(n)),
    }))
    if (!page) return this.#page('range', rows) as QueryPage<StateResult>
    const metadata = { fetchedRecordsCount: 1, bookmark: 'k2' }
    return { id: 'paged', hasMore: false, results: rows.slice(0, 1), metadata }
  }

  getQueryResult(query: string, collection: string): QueryPage<StateResult> {
    return {
      id: 'query',
      hasMore: false,
      results: [{ namespace: this.#contract, key: query, value: Buffer.from(collection) }],
    }
  }

  getHistoryForKey(key: string): QueryPage<HistoryResult> {
    const entry = { callId: `of ${key}`, timestampMs: 1_700_000_000_123 }
    const results = [
      { ...entry, value: NOTHING, isDelete: true },
      { ...entry, value: Buffer.from('old'), isDelete: false },
    ]
    return { id: 'history', hasMore: false, results }
  }

  next(id: string): QueryPage<StateResult | HistoryResult> {
    const rest = this.#open.get(id)
    if (!rest) throw new StateRequestError('query iterator not found')
    return this.#page(id, rest)
  }

  closeQuery(id: string): void {
    this.#open.delete(id)
  }

  #page(id: string, rows: readonly (StateResult | HistoryResult)[]): QueryPage<StateResult | HistoryResult> {
    const rest = rows.slice(PAGE)
    if (rest.length > 0) this.#open.set(id, rest)
    else this.#open.delete(id)
    return { id, hasMore: rest.length > 0, results: rows.slice(0, PAGE) }
  }

  #place(key: string, collection: string): string {
    return `${this.#contract}${collection === '' ? '' : `/${collection}`}.${key}`
  }
}
