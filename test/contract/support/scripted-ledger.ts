import { createHash } from 'node:crypto'
import type { StateMetadata } from '../../../src/contract/wire/fabric.js'
import {
  ChaincodeMessage,
  ChaincodeMessageType as Type,
  ChaincodeSpec,
  GetHistoryForKey,
  GetQueryResult,
  GetState,
  GetStateByRange,
  GetStateMultiple,
  GetStateMultipleResult,
  KeyModification,
  KV,
  PutState,
  PutStateMetadata,
  QueryMetadata,
  QueryResponse,
  QueryResponseMetadata,
  QueryStateNext,
  Response,
  StateMetadataResult,
  WriteBatchState,
} from '../../../src/contract/wire/fabric.js'

const BATCH = 3
const NOTHING = Buffer.alloc(0)

interface Row {
  readonly key: string
  readonly bytes: Uint8Array
}

/** Answers what contracts ask, of a state that the test gives; keys that begin with `forbidden` are refused. Nothing is written. */
export class ScriptedLedger {
  readonly state: ReadonlyMap<string, Uint8Array>
  readonly #metadata = new Map<string, StateMetadata[]>()
  readonly #open = new Map<string, Row[]>()
  #queries = 0

  constructor(state: ReadonlyMap<string, Uint8Array>) {
    this.state = state
  }

  /** The payload of the RESPONSE. @throws {Error} what goes into an ERROR */
  answer(type: number, payload: Uint8Array): Uint8Array {
    switch (type) {
      case Type.GET_STATE:
        return this.#get(GetState.decode(payload))
      case Type.GET_PRIVATE_DATA_HASH:
        return createHash('sha256')
          .update(this.#get(GetState.decode(payload)))
          .digest()
      case Type.GET_STATE_MULTIPLE: {
        const { keys, collection } = GetStateMultiple.decode(payload)
        return GetStateMultipleResult.encode({ values: keys.map((key) => this.#get({ key, collection })) })
      }
      case Type.PUT_STATE:
      case Type.DEL_STATE:
      case Type.PURGE_PRIVATE_DATA:
        allow(PutState.decode(payload).key)
        return NOTHING
      case Type.WRITE_BATCH_STATE:
        for (const { key } of WriteBatchState.decode(payload).rec) allow(key)
        return NOTHING
      case Type.PUT_STATE_METADATA: {
        const { key, metadata } = PutStateMetadata.decode(payload)
        if (metadata) this.#metadata.set(key, [metadata])
        return NOTHING
      }
      case Type.GET_STATE_METADATA:
        return StateMetadataResult.encode({ entries: this.#metadata.get(GetState.decode(payload).key) ?? [] })
      case Type.INVOKE_CHAINCODE:
        return called(payload)
      default:
        return this.#query(type, payload)
    }
  }

  #get({ key, collection }: { readonly key: string; readonly collection: string }): Uint8Array {
    allow(key)
    return this.state.get(collection === '' ? key : `${collection}/${key}`) ?? NOTHING
  }

  #query(type: number, payload: Uint8Array): Uint8Array {
    switch (type) {
      case Type.GET_STATE_BY_RANGE: {
        const { startKey, endKey, metadata } = GetStateByRange.decode(payload)
        return this.#page(this.#range(startKey, endKey), metadata)
      }
      case Type.GET_QUERY_RESULT: {
        const { query, metadata } = GetQueryResult.decode(payload)
        if (query === 'bad') throw new Error('invalid query')
        return this.#page(this.#range('', ''), metadata)
      }
      case Type.GET_HISTORY_FOR_KEY:
        return this.#page(history(GetHistoryForKey.decode(payload).key), NOTHING)
      case Type.QUERY_STATE_NEXT: {
        const { id } = QueryStateNext.decode(payload)
        return this.#batch(id, this.#open.get(id) ?? [])
      }
      case Type.QUERY_STATE_CLOSE:
        return QueryResponse.encode({ id: QueryStateNext.decode(payload).id })
      default:
        throw new Error(`no such request: ${type}`)
    }
  }

  #range(start: string, end: string): Row[] {
    const inRange = (key: string): boolean =>
      Buffer.compare(Buffer.from(key), Buffer.from(start)) >= 0 &&
      (end === '' || Buffer.compare(Buffer.from(key), Buffer.from(end)) < 0)
    return [...this.state]
      .filter(([key]) => inRange(key))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(([key, value]) => ({ key, bytes: KV.encode({ namespace: 'n', key, value }) }))
  }

  #page(rows: Row[], metadata: Uint8Array): Uint8Array {
    if (metadata.length === 0) return this.#batch(`q${++this.#queries}`, rows)
    const { pageSize, bookmark } = QueryMetadata.decode(metadata)
    const from = rows.findIndex(({ key }) => key >= bookmark)
    const page = rows.slice(from, from + pageSize)
    const next = rows[from + pageSize]?.key ?? ''
    return QueryResponse.encode({
      id: 'page',
      results: page.map(({ bytes }) => ({ resultBytes: bytes })),
      metadata: QueryResponseMetadata.encode({ fetchedRecordsCount: page.length, bookmark: next }),
    })
  }

  #batch(id: string, rows: Row[]): Uint8Array {
    const left = rows.slice(BATCH)
    this.#open.set(id, left)
    const results = rows.slice(0, BATCH).map(({ bytes }) => ({ resultBytes: bytes }))
    return QueryResponse.encode({ id, hasMore: left.length > 0, results })
  }
}

function allow(key: string): void {
  if (key.startsWith('forbidden')) throw new Error(`${key} is forbidden`)
}

function history(key: string): Row[] {
  return [4, 3, 2, 1].map((n) => ({
    key,
    bytes: KeyModification.encode({
      txId: `tx${n}`,
      value: n === 3 ? NOTHING : Buffer.from(`value ${n}`),
      isDelete: n === 3,
      timestamp: { seconds: 1_600_000_000 + n, nanos: 1_000_001 },
    }),
  }))
}

/** Contract `fails` answers 500, contract `missing` cannot be run; others tell what they were called with. */
function called(payload: Uint8Array): Uint8Array {
  const { chaincodeId, input } = ChaincodeSpec.decode(payload)
  const name = chaincodeId?.name ?? ''
  if (name === 'missing') throw new Error('there is no such contract')
  const response =
    name === 'fails'
      ? { status: 500, message: 'it failed' }
      : { status: 200, payload: Buffer.from(`${name}(${(input?.args ?? []).map(String).join()})`) }
  return ChaincodeMessage.encode({ type: Type.COMPLETED, payload: Response.encode(response) })
}
