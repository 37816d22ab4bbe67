import { afterEach, beforeEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../../../../src/base/json.js'
import type { Block } from '../../../../src/ledger/block.js'
import {
  type FieldCondition,
  MOST_FOUND,
  type RecordField,
  RecordFieldError,
  type RecordPlace,
  type RecordQuery,
} from '../../../../src/contract/remote/record-queries.js'
import { addressOf, START } from '../../../ledger/make-chain.js'
import { type Made, QueryKit } from './query-kit.js'

let kit: QueryKit

beforeEach(async () => {
  kit = await QueryKit.open()
})

afterEach(async () => {
  expect(kit.errors).toEqual([])
  await kit.close()
})

const FIELDS: readonly RecordField[] = [
  { name: 'words', path: '$.text', type: 'text' },
  { name: 'colours', path: '$.colours', type: 'tag' },
  { name: 'n', path: '$.n[*]', type: 'number' },
]

const made: fc.Arbitrary<Made> = fc.record({
  kind: fc.constantFrom('record', 'record', 'output'),
  txnType: fc.constantFrom('a', 'a', 'b'),
  tag: fc.constantFrom('', 'x', 'y'),
  invoker: fc.constantFrom('ann', 'bob'),
  timestamp: fc.nat(40).map((n) => START + n),
  payload: fc.record({
    text: fc.constantFrom<Json>('Tea cup', 'tea', 'pot', 7),
    colours: fc.constantFrom<Json>('red', 'red,blue', null),
    n: fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 2 }),
  }),
})

const condition: fc.Arbitrary<FieldCondition> = fc.oneof(
  fc.record({ name: fc.constant('words'), word: fc.constantFrom('TEA', 'pot') }),
  fc.record({ name: fc.constant('colours'), equals: fc.constantFrom('red', 'blue') }),
  fc.record({ name: fc.constant('n'), equals: fc.integer({ min: -3, max: 3 }) }),
  fc.record({
    name: fc.constant('n'),
    from: fc.integer({ min: -3, max: 3 }),
    to: fc.integer({ min: -3, max: 3 }),
  }),
)

const time = fc.nat(40).map((n) => START + n)

/** With few conditions, or hardly anything would be found. */
const query: fc.Arbitrary<RecordQuery> = fc
  .tuple(
    fc.record({
      txnType: fc.constantFrom('a', 'a', 'b'),
      order: fc.constantFrom('oldest', 'newest'),
      limit: fc.integer({ min: 1, max: 7 }),
    }),
    fc.array(
      fc.oneof(
        condition.map((field) => ({ field })),
        fc.constantFrom('', 'x', 'y').map((tag) => ({ tag })),
        fc.constantFrom('ann', 'bob').map((name) => ({ invoker: addressOf(name) })),
        fc.nat(20).map((n) => ({ invokedBy: `record ${n}` })),
        fc.constantFrom('record', 'output').map((kind) => ({ kind })),
        fc.oneof(
          time.map((fromMs) => ({ fromMs })),
          time.map((toMs) => ({ toMs })),
          fc.nat(8).map((fromHeight) => ({ fromHeight })),
          fc.nat(8).map((toHeight) => ({ toHeight })),
        ),
      ),
      { maxLength: 2 },
    ),
  )
  .map(([base, conditions]) => Object.assign({ ...base }, ...conditions) as RecordQuery)

const step = fc.oneof(
  { weight: 6, arbitrary: fc.array(made, { maxLength: 8 }) },
  { weight: 2, arbitrary: fc.constant('take off' as const) },
  { weight: 2, arbitrary: fc.constant('settle' as const) },
  { weight: 1, arbitrary: fc.constantFrom('reopen' as const, 'other fields' as const) },
)

/** What a query finds when every block is looked through. */
function plainly(blocks: readonly Block[], wanted: RecordQuery): string[] {
  const found: string[] = []
  for (const { header, transactions } of blocks) {
    for (const { id, timestamp, payload } of transactions) {
      if (payload?.kind !== 'record' && payload?.kind !== 'output') continue
      const { txnType, kind, tag, invoker } = payload
      const facts = {
        txnType,
        kind,
        tag,
        invoker,
        invokedBy: payload.kind === 'output' ? payload.invokedBy : '',
      }
      const names = Object.keys(facts) as (keyof typeof facts)[]
      if (names.some((name) => wanted[name] !== undefined && wanted[name] !== facts[name])) continue
      if (timestamp < (wanted.fromMs ?? 0) || timestamp > (wanted.toMs ?? Infinity)) continue
      if (header.height < (wanted.fromHeight ?? 0) || header.height > (wanted.toHeight ?? Infinity)) continue
      if (wanted.field && !holds(payload.payload as Record<string, Json>, wanted.field)) continue
      found.push(id)
    }
  }
  return wanted.order === 'oldest' ? found : found.reverse()
}

function holds({ text, colours, n }: Record<string, Json>, wanted: FieldCondition): boolean {
  if ('word' in wanted)
    return typeof text === 'string' && text.toLowerCase().split(' ').includes(wanted.word.toLowerCase())
  if (wanted.name === 'colours')
    return typeof colours === 'string' && colours.split(',').includes((wanted as { equals: string }).equals)
  const numbers = n as number[]
  if ('equals' in wanted) return numbers.includes(wanted.equals as number)
  return numbers.some((each) => each >= (wanted.from ?? -Infinity) && each <= (wanted.to ?? Infinity))
}

test('whatever comes and goes, and however far the index is, a query finds what looking through all blocks finds', async () => {
  const walk = fc.asyncProperty(
    fc.array(step, { minLength: 6, maxLength: 14 }),
    fc.array(query, { minLength: 12, maxLength: 12 }),
    async (steps, wanted) => {
      const walked = await QueryKit.open()
      await walked.queries.define('a', FIELDS)
      await walked.queries.define('b', FIELDS)
      for (const each of steps) {
        if (each === 'take off') walked.takeOff()
        else if (each === 'settle') await walked.queries.settled()
        else if (each === 'reopen') await walked.reopen()
        else if (each === 'other fields') await walked.queries.define('a', [...FIELDS].reverse())
        else walked.mine(...each)
        for (const one of wanted.slice(0, 4)) {
          if (one.field && walked.queries.fieldsOf(one.txnType) === undefined) continue
          expect(walked.all(one).map(({ transactionId }) => transactionId)).toEqual(
            plainly(walked.walked.blocks, one),
          )
        }
      }
      await walked.queries.settled()
      for (const one of wanted)
        expect(walked.all(one).map(({ transactionId }) => transactionId)).toEqual(
          plainly(walked.walked.blocks, one),
        )
      expect(walked.errors).toEqual([])
      await walked.close()
    },
  )
  await fc.assert(walk, { numRuns: 20 })
})

const order = (n: number, changes: Partial<Made> = {}): Made => ({
  kind: 'record',
  txnType: 'order',
  tag: `${n % 10}`,
  payload: { n: [n], text: `word${n % 100}` },
  invoker: 'ann',
  ...changes,
})

/** Blocks of 100 orders. */
function mineOrders(count: number): void {
  for (let n = 0; n < count; n += 100) kit.mine(...Array.from({ length: 100 }, (_, i) => order(n + i)))
}

const comparePlaces = (a: RecordPlace, b: RecordPlace): number => a.height - b.height || a.index - b.index

const numbers = (wanted: RecordQuery) =>
  kit.all(wanted).map(({ payload }) => (payload as { n: number[] }).n[0])

test('what is indexed is found without looking at the rest', async () => {
  mineOrders(3000)
  await kit.queries.define('order', FIELDS)
  await kit.queries.settled()
  const base = { txnType: 'order', order: 'oldest', limit: 10 } as const
  const costs: [RecordQuery, number[]][] = [
    [{ ...base, field: { name: 'n', equals: 2345 } }, [2345]],
    [{ ...base, field: { name: 'n', from: 2345, to: 2347 }, order: 'newest' }, [2347, 2346, 2345]],
    [{ ...base, field: { name: 'words', word: 'WORD77' }, fromHeight: 28 }, [2877, 2977]],
    [{ ...base, tag: '4', field: { name: 'n', equals: 2344 } }, [2344]],
    [{ ...base, invokedBy: 'record 7' }, []],
  ]
  for (const [wanted, found] of costs) {
    kit.looks = 0
    expect(numbers(wanted)).toEqual(found)
    expect(kit.looks).toBe(found.length)
  }
  expect(numbers({ ...base, invoker: addressOf('ann'), toHeight: 1, limit: 1000 })).toEqual(
    Array.from({ length: 200 }, (_, n) => n),
  )
  const fours = Array.from({ length: 300 }, (_, i) => 10 * i + 4)
  for (const each of ['oldest', 'newest'] as const) {
    kit.looks = 0
    const found = numbers({ ...base, tag: '4', order: each, limit: 1000 })
    expect(found).toEqual(each === 'oldest' ? fours : [...fours].reverse())
    expect(kit.looks).toBe(300)
  }
  kit.looks = 0
  expect(numbers({ ...base, fromMs: START + 2900, toMs: START + 2901 })).toEqual([2899, 2900])
  expect(kit.looks).toBeLessThan(300)
})

test('records are found by their times in whatever order these come', async () => {
  await kit.queries.define('order', [])
  for (const times of [[30, 40, 10], [20]]) kit.mine(...times.map((n) => order(n, { timestamp: START + n })))
  await kit.queries.settled()
  const base = { txnType: 'order', order: 'oldest', limit: 9 } as const
  expect(numbers({ ...base, fromMs: START + 35 })).toEqual([40])
  expect(numbers({ ...base, toMs: START + 15 })).toEqual([10])
  expect(numbers({ ...base, fromMs: START + 20, toMs: START + 30 })).toEqual([30, 20])
})

test('a page ends when it has cost enough, be it empty, and the next one goes on where it ended', () => {
  mineOrders(500)
  kit.costMs = 1
  const wanted = { txnType: 'order', order: 'newest', limit: 5, tag: 'none', kind: 'record' } as const
  const first = kit.queries.find(wanted)
  expect(first.found).toEqual([])
  kit.looks = 0
  const second = kit.queries.find({ ...wanted, after: first.next as RecordPlace })
  expect(kit.looks).toBeLessThan(20)
  expect(comparePlaces(second.next as RecordPlace, first.next as RecordPlace)).toBeLessThan(0)
  expect(kit.all({ ...wanted, tag: '3' })).toHaveLength(50)
  kit.costMs = 1000
  expect(kit.all({ ...wanted, tag: '3' })).toHaveLength(50)
})

test('a page holds no more than there may be, whatever limit is asked for', () => {
  mineOrders(1100)
  const page = kit.queries.find({ txnType: 'order', order: 'oldest', limit: 1_000_000 })
  expect(page.found).toHaveLength(MOST_FOUND)
  expect(page.next).toEqual({ height: 9, index: 100 })
})

test('an output is found by what invoked it, and by what the text of its result says', async () => {
  await kit.queries.define('order', [{ name: 'price', path: 'price', type: 'number' }])
  kit.mine(order(1), order(2, { kind: 'output', payload: { json: '{"price":1.5}' } }))
  await kit.queries.settled()
  const found = kit.all({
    txnType: 'order',
    order: 'oldest',
    limit: 9,
    field: { name: 'price', from: 1, to: 2 },
  })
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({
    kind: 'output',
    contract: 'c',
    invokedBy: 'record 2',
    invoker: addressOf('ann'),
  })
  expect(kit.all({ txnType: 'order', order: 'newest', limit: 9, invokedBy: 'record 2' })).toEqual(found)
  expect(
    kit.all({ txnType: 'order', order: 'oldest', limit: 9, kind: 'record', invokedBy: 'record 2' }),
  ).toEqual([])
})

test('fields are defined once, changed and taken away, also over a restart', async () => {
  mineOrders(100)
  await kit.queries.define('order', FIELDS)
  await kit.queries.settled()
  await kit.reopen()
  expect(kit.queries.fieldsOf('order')).toEqual(FIELDS)
  await kit.queries.define('order', FIELDS)
  const byNumber = { txnType: 'order', order: 'oldest', limit: 9, field: { name: 'm', equals: 42 } } as const
  expect(() => kit.queries.find(byNumber)).toThrow(RecordFieldError)
  await kit.queries.define('order', [{ name: 'm', path: '$.n[0]', type: 'number' }])
  expect(numbers(byNumber)).toEqual([42])
  await kit.queries.settled()
  expect(numbers(byNumber)).toEqual([42])
  await kit.queries.undefine('order')
  expect(kit.queries.fieldsOf('order')).toBeUndefined()
  expect(() => kit.queries.find(byNumber)).toThrow(RecordFieldError)
  await kit.queries.settled()
  await kit.reopen()
  expect(kit.queries.fieldsOf('order')).toBeUndefined()
  expect(numbers({ txnType: 'order', order: 'oldest', limit: 9, tag: '7', toHeight: 0 })).toHaveLength(10)
})

test('fields that cannot be are refused before anything is written', async () => {
  await expect(kit.queries.define('order', [{ name: 'a', path: '$..a', type: 'text' }])).rejects.toThrow(
    RecordFieldError,
  )
  expect(kit.queries.fieldsOf('order')).toBeUndefined()
})
