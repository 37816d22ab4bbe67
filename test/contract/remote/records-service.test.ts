import { beforeEach, describe, expect, it } from '@jest/globals'
import { type RecordQuery, RecordFieldError } from '../../../src/contract/remote/record-queries.js'
import { RecordMaker } from '../../../src/contract/remote/record-maker.js'
import { RecordsService } from '../../../src/contract/remote/records-service.js'
import { decodeTransaction } from '../../../src/ledger/decode-transaction.js'
import { encodeTransaction } from '../../../src/ledger/encode-transaction.js'
import { RuleError } from '../../../src/ledger/rule-error.js'
import type { Transaction } from '../../../src/ledger/transaction.js'
import { KeyPair } from '../../../src/wallet/keys.js'
import { FakeReports, NO_BACKLOG } from './fake-reports.js'
import { codeOf, opened } from './open-registry.js'

const CHAIN_ID = 'c'.repeat(64)
const keys = new KeyPair(new Uint8Array(32).fill(3))

let taken: Transaction[]
let refusal: RuleError | undefined
let asked: RecordQuery[]
let chunks: number[]
let node: Awaited<ReturnType<typeof served>>

beforeEach(async () => {
  taken = []
  chunks = []
  asked = []
  refusal = undefined
  node = await served()
})

async function served() {
  const { registry } = await opened()
  const reports = new FakeReports()
  await registry.registerType('parcels', [{ name: 'weight', path: '$.weight', type: 'number' }])
  const known = new Set<string>()
  const service = new RecordsService({
    registry,
    reports,
    queries: {
      fieldsOf: (txnType) => registry.recordType(txnType)?.customFields,
      find: (query) => {
        asked.push(query)
        if (query.field && 'word' in query.field) throw new RecordFieldError('weight is no text')
        return { found: [], next: { height: 3, index: 4 } }
      },
    },
    chain: {
      id: CHAIN_ID,
      vouch: () => undefined,
      submitMany: (transactions) => {
        chunks.push(transactions.length)
        return Promise.resolve(
          transactions.map((each) => {
            if (refusal) return refusal
            if (known.has(each.id)) return new RuleError('POOL-1', 'the transaction is pending already')
            known.add(each.id)
            taken.push(each)
            return {}
          }),
        )
      },
      find: (id) => {
        const transaction = taken.find((each) => each.id === id)
        return Promise.resolve(transaction && { transaction, place: null })
      },
    },
    maker: new RecordMaker(keys, () => 5000),
  })
  return { service, registry, reports }
}

describe('a record', () => {
  it('is a free transaction of its type, signed by the node', async () => {
    const { transaction_id, timestamp } = await node.service.submit({
      txn_type: 'parcels',
      tag: 'blue',
      payload: { weight: 3 },
    })
    expect(taken).toMatchObject([
      {
        id: transaction_id,
        timestamp,
        chainId: CHAIN_ID,
        fee: 0,
        inputs: [],
        payload: { kind: 'record', txnType: 'parcels', tag: 'blue', invoker: keys.address },
      },
    ])
    // As every node will read it.
    expect(taken.map((each) => decodeTransaction(encodeTransaction(each)).id)).toEqual([transaction_id])
  })

  it('is another transaction although it says the same in the same millisecond', async () => {
    const record = { txn_type: 'parcels', payload: 'same' }
    const ids = await Promise.all([1, 2, 3].map(() => node.service.submit(record)))
    expect(new Set(ids.map(({ transaction_id }) => transaction_id)).size).toBe(3)
    expect(taken.map(({ timestamp }) => timestamp)).toEqual([5000, 5001, 5002])
  })

  it('is another transaction although the same was submitted before the node was started anew', async () => {
    const record = { txn_type: 'parcels', payload: 'same' }
    for (let i = 0; i < 20; i++) await node.service.submit(record)
    const { registry, reports } = node
    const again = new RecordsService({
      registry,
      reports,
      queries: { fieldsOf: () => [], find: () => ({ found: [], next: null }) },
      chain: {
        id: CHAIN_ID,
        vouch: () => undefined,
        submitMany: ([each]) => {
          const isKnown = taken.some(({ id }) => id === each?.id)
          return Promise.resolve([isKnown ? new RuleError('POOL-3', 'in the chain already') : {}])
        },
        find: () => Promise.resolve(undefined),
      },
      maker: new RecordMaker(keys, () => 5000),
    })
    const { timestamp } = await again.submit(record)
    expect(timestamp).toBeGreaterThan(5019)
  })

  it('is refused where it would be far ahead of the clock', () => {
    const maker = new RecordMaker(keys, () => 0)
    const content = { txnType: 'parcels', tag: '', payload: 1 }
    expect(() => maker.make(CHAIN_ID, content, 30_001)).toThrow(/1000 times a second/)
  })

  it.each([
    [{ a: [1, 2.5] }, '/payload/a/1', /2\.5.*integers/],
    [{ 'a/b~': 2 ** 53 }, '/payload/a~1b~0', /beyond 2\^53/],
    [-0, '/payload', /-0/],
  ])('with the payload %j is refused, and the path of the number told', async (payload, path, message) => {
    const submitting = node.service.submit({ txn_type: 'parcels', payload })
    await expect(submitting).rejects.toMatchObject({ code: 'INVALID_PARAMS', details: { path } })
    await expect(submitting).rejects.toThrow(message)
    expect(taken).toEqual([])
  })

  it('that is nested too deeply, has broken text or is too large is refused', async () => {
    let deep: unknown = 1
    for (let i = 0; i < 40; i++) deep = [deep]
    const submitting = [deep, '\ud800', 'x'.repeat(1_100_000)].map((payload) =>
      codeOf(node.service.submit({ txn_type: 'parcels', payload })),
    )
    expect(await Promise.all(submitting)).toEqual(['INVALID_PARAMS', 'PAY-8', 'BODY_TOO_LARGE'])
  })

  it('of a type that is not registered is refused', async () => {
    expect(await codeOf(node.service.submit({ txn_type: 'nope', payload: 1 }))).toBe('INVALID_RECORD_TYPE')
  })

  it('is refused from 90 % of the backlog on, unless the contract is paused', async () => {
    const { contract } = await node.registry.create('orders', { settings: { maxBacklog: 100 } })
    const submit = () => codeOf(node.service.submit({ txn_type: 'orders', payload: 1 }))
    node.reports.backlog = { ...NO_BACKLOG, pending: 80, leased: 9 }
    expect(await submit()).toBe('no error')
    node.reports.backlog = { ...NO_BACKLOG, pending: 80, leased: 10 }
    expect(await submit()).toBe('BACKLOG_FULL')
    await node.registry.pause(contract.id)
    expect(await submit()).toBe('no error')
  })

  it('is refused with 503 where too many wait for a block, with 422 where a rule is broken', async () => {
    const submit = () => codeOf(node.service.submit({ txn_type: 'parcels', payload: 1 }))
    refusal = new RuleError('POOL-8', 'the pool is full of better paid transactions')
    expect(await submit()).toBe('BACKLOG_FULL')
    refusal = new RuleError('TX-12', 'too large')
    expect(await submit()).toBe('RULE_BROKEN')
  })

  it('is found while it is pending, in the form of Dragonchain', async () => {
    const { transaction_id } = await node.service.submit({ txn_type: 'parcels', tag: 't', payload: [1] })
    expect(await node.service.get(transaction_id)).toMatchObject({
      kind: 'record',
      status: 'pending',
      height: null,
      transaction: { header: { txn_id: transaction_id, block_id: '', tag: 't', invoker: '' }, payload: [1] },
    })
    expect(await codeOf(node.service.get('e'.repeat(64)))).toBe('RECORD_NOT_FOUND')
  })
})

describe('many records', () => {
  it('are judged each on its own, and answered in their order', async () => {
    const { accepted, results } = await node.service.submitMany([
      { txn_type: 'parcels', payload: 1 },
      { txn_type: 'nope', payload: 1 },
      { payload: 1 },
      'no record',
      { txn_type: 'parcels', payload: 1.5 },
      { txn_type: 'parcels', payload: 2 },
    ])
    expect(accepted).toBe(2)
    expect(results.map((each) => ('error' in each ? each.error.code : each.transaction_id))).toEqual([
      taken[0]?.id,
      'INVALID_RECORD_TYPE',
      'INVALID_PARAMS',
      'INVALID_PARAMS',
      'INVALID_PARAMS',
      taken[1]?.id,
    ])
  })

  it('are taken up to what the backlog has room for', async () => {
    await node.registry.create('orders', { settings: { maxBacklog: 10 } })
    node.reports.backlog = { ...NO_BACKLOG, pending: 7 }
    const { accepted, results } = await node.service.submitMany(
      Array.from({ length: 4 }, () => ({ txn_type: 'orders', payload: 1 })),
    )
    expect(accepted).toBe(2)
    expect(results.slice(2)).toMatchObject([
      { error: { code: 'BACKLOG_FULL' } },
      { error: { code: 'BACKLOG_FULL' } },
    ])
  })

  it('go to the mempool some at a time', async () => {
    const records = Array.from({ length: 1200 }, (_, i) => ({ txn_type: 'parcels', payload: i }))
    expect((await node.service.submitMany(records)).accepted).toBe(1200)
    expect(chunks).toEqual([500, 500, 200])
  })
})

describe('records', () => {
  it('are asked for by what is named', () => {
    const { items, next } = node.service.list(
      { txn_type: 'parcels', tag: 't', from: 1, to: 2, field: 'weight', equals: '7', order: 'newest' },
      { height: 1, index: 2 },
      10,
    )
    expect(asked).toEqual([
      {
        txnType: 'parcels',
        tag: 't',
        fromMs: 1,
        toMs: 2,
        field: { name: 'weight', equals: 7 },
        order: 'newest',
        after: { height: 1, index: 2 },
        limit: 10,
      },
    ])
    expect([items, next]).toEqual([[], { height: 3, index: 4 }])
  })

  it.each([
    [{ at_least: 3 }, { from: 3 }],
    [
      { at_least: 3, at_most: 4 },
      { from: 3, to: 4 },
    ],
  ])('are asked for by a range with %j', (given, wanted) => {
    node.service.list({ txn_type: 'parcels', field: 'weight', ...given }, undefined, 1)
    expect(asked).toMatchObject([{ field: { name: 'weight', ...wanted } }])
  })

  it.each([
    [{ field: 'weight' }, '/field'],
    [{ field: 'weight', equals: '1', at_most: 3 }, '/field'],
    [{ equals: '1' }, '/field'],
    [{ field: 'nope', equals: '1' }, '/field'],
    [{ field: 'weight', equals: 'heavy' }, '/equals'],
    [{ field: 'weight', word: 'heavy' }, '/field'],
  ])('cannot be asked for with %j', (given, path) => {
    const list = () => node.service.list({ txn_type: 'parcels', ...given }, undefined, 1)
    expect(list).toThrow(expect.objectContaining({ code: 'INVALID_PARAMS', details: { path } }))
  })
})

it('types are listed with their contracts', async () => {
  const { contract } = await node.registry.create('orders', {})
  expect(node.service.types(undefined, 1)).toMatchObject({
    items: [{ txn_type: 'orders', contract_id: contract.id }],
    next: 'orders',
  })
  expect(node.service.types('orders', 1)).toMatchObject({
    items: [{ txn_type: 'parcels', contract_id: null }],
    next: null,
  })
  expect(() => node.service.type('nope')).toThrow(expect.objectContaining({ code: 'RECORD_TYPE_NOT_FOUND' }))
})
