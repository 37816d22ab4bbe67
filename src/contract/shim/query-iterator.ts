import type { HistoryResult, QueryPage, StateResult } from '../simulation/state-requests.js'
import { bufferOf } from './bytes.js'
import type { Handler, PreciseHistoryResult } from './handler.js'

export interface KV {
  readonly key: string
  readonly value: Uint8Array
}

export interface KeyModification {
  readonly txId: string
  /** Empty where the key was deleted. */
  readonly value: Uint8Array
  readonly isDelete: boolean
  readonly timestamp: { readonly seconds: number; readonly nanos: number }
}

export type NextResult<T> = { value: T; done: false } | { value?: undefined; done: true }

type Row = StateResult | HistoryResult

export const toKV = (row: Row): KV => {
  const { key, value } = row as StateResult
  return { key, value: bufferOf(value) }
}

export const toKeyModification = (row: Row): KeyModification => {
  const { callId, value, isDelete, timestampMs, nanos } = row as PreciseHistoryResult
  const seconds = Math.floor(timestampMs / 1000)
  return {
    txId: callId,
    value: bufferOf(value),
    isDelete,
    timestamp: { seconds, nanos: nanos ?? (timestampMs - seconds * 1000) * 1_000_000 },
  }
}

/** Walks over the results of a query; pieces are fetched as they are needed. */
export class QueryIterator<T> {
  #page: QueryPage<Row>
  #at = 0
  readonly #handler: Handler
  readonly #toResult: (row: Row) => T

  constructor(handler: Handler, page: QueryPage<Row>, toResult: (row: Row) => T) {
    this.#handler = handler
    this.#page = page
    this.#toResult = toResult
  }

  /** Itself: some queries of Fabric give `{ iterator }` where their documentation says iterator, so both work. */
  get iterator(): this {
    return this
  }

  async next(): Promise<NextResult<T>> {
    while (this.#at >= this.#page.results.length) {
      if (!this.#page.hasMore) return { done: true }
      this.#page = await this.#handler.next(this.#page.id)
      this.#at = 0
    }
    return { value: this.#toResult(this.#page.results[this.#at++] as Row), done: false }
  }

  /** The other end has closed a query whose last piece it sent: nobody needs to be asked then. */
  async close(): Promise<void> {
    const { id, hasMore } = this.#page
    if (!hasMore) return
    this.#page = { id, hasMore: false, results: [] }
    this.#at = 0
    await this.#handler.closeQuery(id)
  }
}

/** The promise, which `for await` walks over, too; leaving the loop closes the query. */
export function iterable<T, Q extends { readonly iterator: QueryIterator<T> }>(
  promise: Promise<Q>,
): Promise<Q> & AsyncIterable<T> {
  return Object.assign(promise, {
    async *[Symbol.asyncIterator]() {
      const { iterator } = await promise
      try {
        for (let step = await iterator.next(); !step.done; step = await iterator.next()) yield step.value
      } finally {
        await iterator.close()
      }
    },
  })
}
