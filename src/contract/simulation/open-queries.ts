import type { SimulationSettings } from './settings.js'
import { type HistoryResult, type QueryPage, StateRequestError, type StateResult } from './state-requests.js'

type Result = StateResult | HistoryResult

/** A query some of whose results the contract has not asked for yet. */
interface OpenQuery<R> {
  readonly rows: Iterator<R>
  /** Taken from `rows`, not handed out: it is there to know whether anything follows. */
  ahead: R | undefined
  /** How many may still be handed out. */
  left: number
}

interface Piece<R> {
  readonly results: readonly R[]
  readonly following: R | undefined
}

type Limits = Pick<SimulationSettings, 'totalQueryLimit' | 'batchSize' | 'maxBatchBytes' | 'maxOpenQueries'>

/** The queries of one call that are not at their end. */
export class OpenQueries {
  readonly #limits: Limits
  readonly #open = new Map<string, OpenQuery<Result>>()
  #lastId = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#open.size
  }

  /** The first piece; what follows it is had with `next`. */
  open<R extends Result>(rows: Iterable<R>): QueryPage<R> {
    const { maxOpenQueries, totalQueryLimit } = this.#limits
    if (this.#open.size >= maxOpenQueries)
      throw new StateRequestError(`the call has ${maxOpenQueries} queries open; close those that are done`)
    const id = this.#newId()
    const query: OpenQuery<R> = { rows: rows[Symbol.iterator](), ahead: undefined, left: totalQueryLimit }
    this.#open.set(id, query)
    return this.#piece(id, query)
  }

  /** One page, after which the query is over. `bookmarkOf` makes the bookmark from the result that follows the page. */
  page<R extends Result>(
    rows: Iterable<R>,
    pageSize: number,
    bookmarkOf: (following: R, count: number) => string,
  ): QueryPage<R> {
    const { totalQueryLimit } = this.#limits
    const count = pageSize > 0 ? Math.min(pageSize, totalQueryLimit) : totalQueryLimit
    const query: OpenQuery<R> = { rows: rows[Symbol.iterator](), ahead: undefined, left: Infinity }
    try {
      const { results, following } = this.#take(query, count)
      const bookmark = following === undefined ? '' : bookmarkOf(following, results.length)
      const metadata = { fetchedRecordsCount: results.length, bookmark }
      return { id: this.#newId(), hasMore: false, results, metadata }
    } finally {
      query.rows.return?.()
    }
  }

  next(id: string): QueryPage<Result> {
    const query = this.#open.get(id)
    if (!query) throw new StateRequestError('query iterator not found')
    return this.#piece(id, query)
  }

  close(id: string): void {
    this.#open.get(id)?.rows.return?.()
    this.#open.delete(id)
  }

  closeAll(): void {
    for (const id of this.#open.keys()) this.close(id)
  }

  #piece<R extends Result>(id: string, query: OpenQuery<R>): QueryPage<R> {
    let hasMore = false
    try {
      const { results, following } = this.#take(query, this.#limits.batchSize)
      hasMore = following !== undefined
      return { id, hasMore, results }
    } finally {
      if (!hasMore) this.close(id)
    }
  }

  #take<R extends Result>(query: OpenQuery<R>, count: number): Piece<R> {
    const results: R[] = []
    let bytes = 0
    let row = query.ahead ?? pull(query)
    query.ahead = undefined
    while (row) {
      results.push(row)
      query.left -= 1
      bytes += row.value.length
      if (query.left === 0) break
      row = pull(query)
      if (results.length >= count || bytes >= this.#limits.maxBatchBytes) {
        query.ahead = row
        return { results, following: row }
      }
    }
    return { results, following: undefined }
  }

  #newId(): string {
    this.#lastId += 1
    return String(this.#lastId)
  }
}

function pull<R>({ rows }: OpenQuery<R>): R | undefined {
  const item = rows.next()
  return item.done ? undefined : item.value
}
