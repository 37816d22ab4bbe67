import type { Steps } from '../../base/steps.js'
import { bytesOf } from '../../ledger/payload/binary.js'
import { PrivateState } from './private-state.js'
import { keyRange, readRange } from './range-query.js'
import { parseQuery } from './rich-query.js'
import { decodeBookmark, encodeBookmark, type RowSource, runQuery } from './run-query.js'
import { readCommitted, type Session } from './session.js'
import type { HistoryResult, PageRequest, QueriesInSteps, QueryPage, StateResult } from './state-requests.js'

/** The queries of one contract during a call. */
export class SteppedQueries implements QueriesInSteps {
  readonly #session: Session
  readonly #contract: string

  constructor(session: Session, contract: string) {
    this.#session = session
    this.#contract = contract
  }

  getStateByRange(
    startKey: string,
    endKey: string,
    collection: string,
    page: PageRequest | undefined,
  ): Steps<QueryPage<StateResult>> {
    const range = keyRange(page?.bookmark || startKey, endKey)
    const hidden = collection === '' ? undefined : this.#private(collection)
    if (page) this.#session.record.beforePagedQuery()
    const rows = hidden ? hidden.range(range) : readRange(this.#session, this.#contract, range)
    const { queries } = this.#session
    return page ? queries.page(rows, page.pageSize, ({ key }) => key) : queries.open(rows)
  }

  getQueryResult(
    query: string,
    collection: string,
    page: PageRequest | undefined,
  ): Steps<QueryPage<StateResult>> {
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

  next(id: string): Steps<QueryPage<StateResult | HistoryResult>> {
    return this.#session.queries.next(id)
  }

  #private(collection: string): PrivateState {
    return new PrivateState(this.#session, this.#contract, collection)
  }

  #rows(): RowSource {
    const namespace = this.#contract
    const session = this.#session
    return {
      *rows(start) {
        for (const { key, value } of session.snapshot.worldRange(namespace, start, ''))
          yield { key, text: 'text' in value ? value.text : '' }
      },
      take(key) {
        const found = readCommitted(session, namespace, key)
        return { namespace, key, value: found ? bytesOf(found.value) : new Uint8Array() }
      },
    }
  }
}
