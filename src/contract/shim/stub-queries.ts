import type { PageRequest, QueryPage, StateResult } from '../simulation/state-requests.js'
import { checkSimpleKeys, compositeRange, FIRST_SIMPLE_KEY } from './composite-key.js'
import type { Handler } from './handler.js'
import type { KeyModification, KV } from './query-iterator.js'
import { iterable, QueryIterator, toKeyModification, toKV } from './query-iterator.js'

export type StateIterator = QueryIterator<KV>
export type HistoryIterator = QueryIterator<KeyModification>

/** One page of a query. */
export interface StatePage {
  readonly iterator: StateIterator
  readonly metadata: { readonly fetchedRecordsCount: number; readonly bookmark: string }
}

export type StateQuery = Promise<StateIterator> & AsyncIterable<KV>
export type PagedStateQuery = Promise<StatePage> & AsyncIterable<KV>

function checkCollection(collection: unknown): void {
  if (typeof collection !== 'string' || collection === '')
    throw new Error('collection must be a valid string')
}

/** As Fabric counts them: nothing given is not the same as undefined given. */
function checkCount(query: string, count: number, expected: number, names: string): void {
  if (count !== expected) {
    throw new Error(`${query} requires ${expected === 3 ? 'three' : 'two'} arguments, ${names}`)
  }
}

const pageRequest = (pageSize: number, bookmark: string | undefined): PageRequest => ({
  pageSize,
  bookmark: bookmark ?? '',
})

/** The queries of a stub. Each is a promise that `for await` takes, too. */
export class StubQueries {
  protected readonly handler: Handler

  constructor(handler: Handler) {
    this.handler = handler
  }

  /** Keys from `startKey` (inclusive) to `endKey` (exclusive; '' unbounded) in UTF-8 byte order, without composite keys. */
  getStateByRange(startKey: string, endKey: string): StateQuery {
    return this.#all(async () => {
      const start = simpleStart(startKey, endKey)
      return this.handler.getStateByRange(start, endKey, '', undefined)
    })
  }

  getStateByRangeWithPagination(
    startKey: string,
    endKey: string,
    pageSize: number,
    bookmark?: string,
  ): PagedStateQuery {
    return this.#page(async () => {
      const start = simpleStart(startKey, endKey)
      return this.handler.getStateByRange(start, endKey, '', pageRequest(pageSize, bookmark))
    })
  }

  /** @throws {Error} at once for parts that are no text */
  getStateByPartialCompositeKey(objectType: string, attributes: readonly string[]): StateQuery {
    const { start, end } = compositeRange(objectType, attributes)
    return this.#all(() => this.handler.getStateByRange(start, end, '', undefined))
  }

  /** @throws {Error} at once for parts that are no text */
  getStateByPartialCompositeKeyWithPagination(
    objectType: string,
    attributes: readonly string[],
    pageSize: number,
    bookmark?: string,
  ): PagedStateQuery {
    const { start, end } = compositeRange(objectType, attributes)
    return this.#page(() => this.handler.getStateByRange(start, end, '', pageRequest(pageSize, bookmark)))
  }

  /** `query`: a selector in CouchDB's JSON. */
  getQueryResult(query: string): StateQuery {
    return this.#all(() => this.handler.getQueryResult(query, '', undefined))
  }

  getQueryResultWithPagination(query: string, pageSize: number, bookmark?: string): PagedStateQuery {
    return this.#page(() => this.handler.getQueryResult(query, '', pageRequest(pageSize, bookmark)))
  }

  /** Former values of a key, the newest first. */
  getHistoryForKey(key: string): Promise<HistoryIterator> & AsyncIterable<KeyModification> {
    const page = this.handler.getHistoryForKey(key)
    return iterable(page.then((first) => new QueryIterator(this.handler, first, toKeyModification)))
  }

  getPrivateDataByRange(...query: [collection: string, startKey: string, endKey: string]): StateQuery {
    return this.#all(async () => {
      checkCount('getPrivateDataByRange', query.length, 3, 'collection, startKey and endKey')
      const [collection, startKey, endKey] = query
      checkCollection(collection)
      return this.handler.getStateByRange(startKey || FIRST_SIMPLE_KEY, endKey, collection, undefined)
    })
  }

  getPrivateDataByPartialCompositeKey(
    ...query: [collection: string, objectType: string, attributes: readonly string[]]
  ): StateQuery {
    return this.#all(async () => {
      checkCount(
        'getPrivateDataByPartialCompositeKey',
        query.length,
        3,
        'collection, objectType and attributes',
      )
      const [collection, objectType, attributes] = query
      checkCollection(collection)
      const { start, end } = compositeRange(objectType, attributes)
      return this.handler.getStateByRange(start, end, collection, undefined)
    })
  }

  getPrivateDataQueryResult(...query: [collection: string, query: string]): StateQuery {
    return this.#all(async () => {
      checkCount('getPrivateDataQueryResult', query.length, 2, 'collection and query')
      checkCollection(query[0])
      return this.handler.getQueryResult(query[1], query[0], undefined)
    })
  }

  #all(ask: () => Promise<QueryPage<StateResult>>): StateQuery {
    return iterable(ask().then((page) => new QueryIterator(this.handler, page, toKV)))
  }

  #page(ask: () => Promise<QueryPage<StateResult>>): PagedStateQuery {
    const answer = ask().then((page) => ({
      iterator: new QueryIterator(this.handler, page, toKV),
      metadata: pageMetadata(page),
    }))
    return iterable(answer)
  }
}

/** @throws {Error} where a key is in the space of composite keys */
function simpleStart(startKey: string, endKey: string): string {
  const start = startKey || FIRST_SIMPLE_KEY
  checkSimpleKeys(start, endKey)
  return start
}

/** In the order of fields that Fabric has: contracts return it as JSON. */
function pageMetadata({ metadata, results }: QueryPage<StateResult>): StatePage['metadata'] {
  const { bookmark, fetchedRecordsCount } = metadata ?? { bookmark: '', fetchedRecordsCount: results.length }
  return { bookmark, fetchedRecordsCount }
}
