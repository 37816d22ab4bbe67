import type { Steps } from '../../base/steps.js'
import type { SimulationSettings } from './settings.js'
import { type HistoryResult, type QueryPage, StateRequestError, type StateResult } from './state-requests.js'

type Result = StateResult | HistoryResult

/** Rows of a query as they are found; undefined where none was found for a while, so that others may have their turn. */
export type Rows<R> = Iterable<R | undefined>

/** A query some of whose results the contract has not asked for yet. */
interface OpenQuery<R> {
  readonly rows: Iterator<R | undefined>
  /** Taken from `rows`, not handed out: it is there to know whether anything follows. */
  ahead: R | undefined
  /** How many may still be handed out. */
  left: number
  isClosed: boolean
}

interface Piece<R> {
  readonly results: readonly R[]
  readonly following: R | undefined
}

type Limits = Pick<SimulationSettings, 'totalQueryLimit' | 'batchSize' | 'maxBatchBytes' | 'maxOpenQueries'>

/** Rows that are taken in one step. */
const STEP_ROWS = 256

/** The queries of one call that are not at their end. */
export class OpenQueries {
  readonly #limits: Limits
  readonly #open = new Map<string, OpenQuery<Result>>()
  #lastId = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /** The first piece; what follows it is had with `next`. */
  *open<R extends Result>(rows: Rows<R>): Steps<QueryPage<R>> {
    const [id, query] = this.#begin(rows, this.#limits.totalQueryLimit)
    return yield* this.#piece(id, query)
  }

  /** One page, after which the query is over. `bookmarkOf` makes the bookmark from the result that follows the page. */
  *page<R extends Result>(
    rows: Rows<R>,
    pageSize: number,
    bookmarkOf: (following: R, count: number) => string,
  ): Steps<QueryPage<R>> {
    const { totalQueryLimit } = this.#limits
    const count = pageSize > 0 ? Math.min(pageSize, totalQueryLimit) : totalQueryLimit
    const [id, query] = this.#begin(rows, Infinity)
    try {
      const { results, following } = yield* this.#take(query, count)
      const bookmark = following === undefined ? '' : bookmarkOf(following, results.length)
      const metadata = { fetchedRecordsCount: results.length, bookmark }
      return { id, hasMore: false, results, metadata }
    } finally {
      this.close(id)
    }
  }

  *next(id: string): Steps<QueryPage<Result>> {
    const query = this.#open.get(id)
    if (!query) throw new StateRequestError('query iterator not found')
    return yield* this.#piece(id, query)
  }

  close(id: string): void {
    const query = this.#open.get(id)
    if (!query) return
    this.#open.delete(id)
    query.isClosed = true
    query.rows.return?.()
  }

  closeAll(): void {
    for (const id of this.#open.keys()) this.close(id)
  }

  #begin<R extends Result>(rows: Rows<R>, left: number): [id: string, OpenQuery<R>] {
    const { maxOpenQueries } = this.#limits
    if (this.#open.size >= maxOpenQueries)
      throw new StateRequestError(`the call has ${maxOpenQueries} queries open; close those that are done`)
    this.#lastId += 1
    const id = String(this.#lastId)
    const query = { rows: rows[Symbol.iterator](), ahead: undefined, left, isClosed: false }
    this.#open.set(id, query)
    return [id, query]
  }

  *#piece<R extends Result>(id: string, query: OpenQuery<R>): Steps<QueryPage<R>> {
    let hasMore = false
    try {
      const { results, following } = yield* this.#take(query, this.#limits.batchSize)
      hasMore = following !== undefined
      return { id, hasMore, results }
    } finally {
      if (!hasMore) this.close(id)
    }
  }

  *#take<R extends Result>(query: OpenQuery<R>, count: number): Steps<Piece<R>> {
    const results: R[] = []
    let bytes = 0
    while (query.left > 0) {
      const row = query.ahead ?? pull(query)
      if (row === 'end') break
      query.ahead = row
      if (row === undefined) {
        yield
        continue
      }
      if (results.length >= count || bytes >= this.#limits.maxBatchBytes) return { results, following: row }
      results.push(row)
      query.ahead = undefined
      query.left -= 1
      bytes += row.value.length
      if (results.length % STEP_ROWS === 0) yield
    }
    return { results, following: undefined }
  }
}

/** Undefined: none was found yet. */
function pull<R>(query: OpenQuery<R>): R | 'end' | undefined {
  if (query.isClosed) throw new StateRequestError('no ledger context')
  const step = query.rows.next()
  return step.done ? 'end' : step.value
}
