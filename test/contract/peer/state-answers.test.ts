import { expect, test } from '@jest/globals'
import { runSteps } from '../../../src/base/steps.js'
import { QUERY_ANSWERS, STATE_ANSWERS } from '../../../src/contract/peer/state-answers.js'
import {
  ChaincodeMessageType as Type,
  DelState,
  GetHistoryForKey,
  GetQueryResult,
  GetState,
  GetStateByRange,
  GetStateMetadata,
  GetStateMultiple,
  GetStateMultipleResult,
  KeyModification,
  KV,
  PurgePrivateState,
  PutState,
  PutStateMetadata,
  QueryMetadata,
  QueryResponse,
  QueryResponseMetadata,
  QueryStateClose,
  QueryStateNext,
  StateMetadataResult,
  WriteBatchState,
  WriteRecordType,
} from '../../../src/contract/wire/fabric.js'
import { MapState } from './support/map-state.js'

const CALL = { callId: 'a', channelId: 'mychannel', contract: 'basic' }

interface Session {
  readonly state: MapState
  readonly ask: (type: keyof typeof Type, payload: Uint8Array) => Uint8Array
}

function session(values: Readonly<Record<string, string>> = {}): Session {
  const state = new MapState(CALL, new Map(Object.entries(values)))
  const requests = state.of('basic')
  return {
    state,
    ask(type, payload) {
      const query = QUERY_ANSWERS.get(Type[type])
      if (query) return runSteps(query(requests.inSteps, payload))
      const answer = STATE_ANSWERS.get(Type[type])
      if (!answer) throw new Error(`${type} has no answer`)
      return answer(requests, payload)
    },
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

test('every request of a contract has an answer, but INVOKE_CHAINCODE, which the state cannot answer', () => {
  const requests = [8, 9, 10, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25]
  expect([...STATE_ANSWERS.keys(), ...QUERY_ANSWERS.keys()].sort((a, b) => a - b)).toEqual(requests)
})

test('GET_STATE gives the value, or nothing', () => {
  const { ask } = session({ 'basic.k': 'v', 'basic/c.k': 'private' })
  expect(text(ask('GET_STATE', GetState.encode({ key: 'k' })))).toBe('v')
  expect(text(ask('GET_STATE', GetState.encode({ key: 'k', collection: 'c' })))).toBe('private')
  expect(ask('GET_STATE', GetState.encode({ key: 'absent' }))).toHaveLength(0)
})

test('GET_STATE_MULTIPLE gives values in the order of the keys, empty ones included', () => {
  const { ask } = session({ 'basic.a': '1', 'basic.c': '3' })
  const answer = ask('GET_STATE_MULTIPLE', GetStateMultiple.encode({ keys: ['c', 'b', 'a'] }))
  expect(GetStateMultipleResult.decode(answer).values.map(text)).toEqual(['3', '', '1'])
})

test('PUT_STATE, DEL_STATE and PURGE_PRIVATE_DATA answer nothing', () => {
  const { state, ask } = session()
  expect(
    ask('PUT_STATE', PutState.encode({ key: 'k', value: Buffer.from('v'), collection: 'c' })),
  ).toHaveLength(0)
  expect(ask('DEL_STATE', DelState.encode({ key: 'old' }))).toHaveLength(0)
  expect(ask('PURGE_PRIVATE_DATA', PurgePrivateState.encode({ key: 'k', collection: 'c' }))).toHaveLength(0)
  expect([...state.writes]).toEqual([
    ['basic/c.k', 'v'],
    ['basic.old', ''],
  ])
  expect(state.asked).toEqual(['purge c k'])
})

test('GET_PRIVATE_DATA_HASH is asked with a GetState', () => {
  const { ask } = session()
  const payload = GetState.encode({ key: 'k', collection: 'c' })
  expect(text(ask('GET_PRIVATE_DATA_HASH', payload))).toBe('hash of c k')
})

test('metadata goes out as entries and comes in as one entry', () => {
  const { state, ask } = session()
  const read = ask('GET_STATE_METADATA', GetStateMetadata.encode({ key: 'k', collection: 'c' }))
  const entry = { metakey: 'VALIDATION_PARAMETER', value: Buffer.from('c k') }
  expect(StateMetadataResult.decode(read).entries).toMatchObject([entry])

  const payload = { key: 'k', collection: 'c', metadata: { metakey: 'm', value: Buffer.from('v') } }
  expect(ask('PUT_STATE_METADATA', PutStateMetadata.encode(payload))).toHaveLength(0)
  ask('PUT_STATE_METADATA', PutStateMetadata.encode({ key: 'k' }))
  expect(state.asked).toEqual(['metadata c k m v', 'metadata  k  '])
})

test('a batch writes its records in their order', () => {
  const { state, ask } = session()
  const rec = [
    { type: WriteRecordType.PUT_STATE, key: 'a', value: Buffer.from('1'), collection: '', metadata: null },
    { type: WriteRecordType.PUT_STATE, key: 'a', value: Buffer.from('2'), collection: '', metadata: null },
    { type: WriteRecordType.DEL_STATE, key: 'b', value: Buffer.alloc(0), collection: 'c', metadata: null },
    {
      type: WriteRecordType.PURGE_PRIVATE_DATA,
      key: 'p',
      value: Buffer.alloc(0),
      collection: 'c',
      metadata: null,
    },
    {
      type: WriteRecordType.PUT_STATE_METADATA,
      key: 'a',
      value: Buffer.alloc(0),
      collection: '',
      metadata: { metakey: 'm', value: Buffer.from('v') },
    },
  ]
  expect(ask('WRITE_BATCH_STATE', WriteBatchState.encode({ rec }))).toHaveLength(0)
  expect([...state.writes]).toEqual([
    ['basic.a', '2'],
    ['basic/c.b', ''],
  ])
  expect(state.asked).toEqual(['purge c p', 'metadata  a m v'])
})

test.each([0, 8, 11, 22, 24, 99])(
  'a batch with a record of type %i is refused and writes nothing',
  (type) => {
    const { state, ask } = session()
    const record = { key: 'a', value: Buffer.from('1'), collection: '', metadata: null }
    const rec = [
      { ...record, type: WriteRecordType.PUT_STATE },
      { ...record, type },
    ]
    expect(() => ask('WRITE_BATCH_STATE', WriteBatchState.encode({ rec }))).toThrow('unknown operation type')
    expect(state.writes.size).toBe(0)
  },
)

test('a range comes in pieces; NEXT gives the next, CLOSE ends it, and ends again what is over', () => {
  const { state, ask } = session()
  const keys = (page: Uint8Array): unknown => {
    const { results, hasMore, id, metadata } = QueryResponse.decode(page)
    expect(metadata).toHaveLength(0)
    return { keys: results.map(({ resultBytes }) => KV.decode(resultBytes).key), hasMore, id }
  }
  const open = (): Uint8Array =>
    ask('GET_STATE_BY_RANGE', GetStateByRange.encode({ startKey: 'a', endKey: 'z' }))
  expect(keys(open())).toEqual({ keys: ['k1', 'k2'], hasMore: true, id: 'range' })
  expect(keys(ask('QUERY_STATE_NEXT', QueryStateNext.encode({ id: 'range' })))).toEqual({
    keys: ['k3'],
    hasMore: false,
    id: 'range',
  })
  open()
  const close = QueryStateClose.encode({ id: 'range' })
  expect(keys(ask('QUERY_STATE_CLOSE', close))).toEqual({ keys: [], hasMore: false, id: 'range' })
  expect(() => ask('QUERY_STATE_NEXT', QueryStateNext.encode({ id: 'range' }))).toThrow(
    'query iterator not found',
  )
  expect(keys(ask('QUERY_STATE_CLOSE', close))).toEqual({ keys: [], hasMore: false, id: 'range' })
  expect(state.asked[0]).toBe('range a z  - -')
})

test('a result of a range names its namespace, key and value', () => {
  const { ask } = session()
  const page = QueryResponse.decode(ask('GET_STATE_BY_RANGE', GetStateByRange.encode({})))
  const first = KV.decode(page.results[0]?.resultBytes ?? new Uint8Array())
  expect(first).toMatchObject({ namespace: 'basic', key: 'k1', value: Buffer.from('1') })
})

test.each([
  ['a size', { pageSize: 1 }, '1 '],
  ['a bookmark', { bookmark: 'k1' }, '0 k1'],
])('a range with %s pages itself and tells the bookmark', (_, metadata, asked) => {
  const { state, ask } = session()
  const payload = GetStateByRange.encode({ collection: 'c', metadata: QueryMetadata.encode(metadata) })
  const page = QueryResponse.decode(ask('GET_STATE_BY_RANGE', payload))
  expect(QueryResponseMetadata.decode(page.metadata)).toEqual({ fetchedRecordsCount: 1, bookmark: 'k2' })
  expect(page.hasMore).toBe(false)
  expect(state.asked).toEqual([`range   c ${asked}`])
})

test('an empty page request asks for no page', () => {
  const { state, ask } = session()
  const metadata = Buffer.from([0x08, 0x00])
  ask('GET_STATE_BY_RANGE', GetStateByRange.encode({ metadata }))
  expect(state.asked).toEqual(['range    - -'])
})

test('a rich query is passed on with its collection', () => {
  const { ask } = session()
  const page = QueryResponse.decode(
    ask('GET_QUERY_RESULT', GetQueryResult.encode({ query: '{}', collection: 'c' })),
  )
  const result = KV.decode(page.results[0]?.resultBytes ?? new Uint8Array())
  expect(result).toMatchObject({ key: '{}', value: Buffer.from('c') })
})

test('history gives the transaction, its time, and whether it deleted', () => {
  const { ask } = session()
  const page = QueryResponse.decode(ask('GET_HISTORY_FOR_KEY', GetHistoryForKey.encode({ key: 'k' })))
  const timestamp = { seconds: 1_700_000_000, nanos: 123_000_000 }
  expect(page.results.map(({ resultBytes }) => KeyModification.decode(resultBytes))).toMatchObject([
    { txId: 'of k', timestamp, isDelete: true, value: Buffer.alloc(0) },
    { txId: 'of k', timestamp, isDelete: false, value: Buffer.from('old') },
  ])
})
