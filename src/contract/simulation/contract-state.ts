import { binaryOf, bytesOf } from '../../ledger/payload/binary.js'
import { readMetadata, writeMetadata } from './key-metadata.js'
import { PrivateState } from './private-state.js'
import { keyRange, readRange } from './range-query.js'
import { parseQuery } from './rich-query.js'
import { decodeBookmark, encodeBookmark, type RowSource, runQuery } from './run-query.js'
import { readCommitted, requireKey, requireMayWrite, type Session } from './session.js'
import type {
  HistoryResult,
  MetadataEntry,
  PageRequest,
  QueryPage,
  StateRequests,
  StateResult,
} from './state-requests.js'

const NOTHING = new Uint8Array()

/** The state as one contract sees it during a call. Its namespace is its name. */
export class ContractState implements StateRequests {
  readonly #session: Session
  readonly #contract: string

  constructor(session: Session, contract: string) {
    this.#session = session
    this.#contract = contract
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

  getStateByRange(
    startKey: string,
    endKey: string,
    collection: string,
    page: PageRequest | undefined,
  ): QueryPage<StateResult> {
    const range = keyRange(page?.bookmark || startKey, endKey)
    const hidden = collection === '' ? undefined : this.#private(collection)
    if (page) this.#session.record.beforePagedQuery()
    const rows = hidden ? hidden.range(range) : readRange(this.#session, this.#contract, range)
    const { queries } = this.#session
    return page ? queries.page(rows, page.pageSize, ({ key }) => key) : queries.open(rows)
  }

  getQueryResult(query: string, collection: string, page: PageRequest | undefined): QueryPage<StateResult> {
    const parsed = parseQuery(query, this.#session.settings.maxQueryBytes)
    const start = page && decodeBookmark(parsed, page)
    if (page) this.#session.record.beforePagedQuery()
    const source = collection === '' ? this.#rows() : this.#private(collection).source()
    const rows = runQuery(this.#session, source, parsed, start)
    const { queries } = this.#session
    if (!page) return queries.open(rows)
    return queries.page(rows, page.pageSize, (following, count) =>
      encodeBookmark(parsed, start, following, count),
    )
  }

  getHistoryForKey(key: string): QueryPage<HistoryResult> {
    return this.#session.queries.open(this.#history(requireKey(key)))
  }

  next(id: string): QueryPage<StateResult | HistoryResult> {
    return this.#session.queries.next(id)
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

  #rows(): RowSource {
    const namespace = this.#contract
    const { snapshot } = this.#session
    return {
      *rows(start) {
        for (const { key, value } of snapshot.worldRange(namespace, start, ''))
          yield { key, text: 'text' in value ? value.text : '' }
      },
      take: (key) => ({ namespace, key, value: this.getState(key, '') }),
    }
  }

  *#history(key: string): Generator<HistoryResult> {
    for (const { callId, timestampMs, value } of this.#session.snapshot.history(this.#contract, key))
      yield { callId, timestampMs, value: value ?? NOTHING, isDelete: value === null }
  }
}
