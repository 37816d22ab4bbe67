import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../../src/base/json.js'
import type { Block } from '../../src/ledger/block.js'
import { type OutputPayload, outputId } from '../../src/ledger/payload/output.js'
import type { RecordEntry, RecordKind } from '../../src/store/index/record-tables.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import { addressOf, outputOf, START, testChain, transactionOf } from '../ledger/make-chain.js'
import { IndexChain } from './index-chain.js'

const chain = testChain()

/** Of which one is the beginning of another, and some are as long as they may be. */
const TYPES = ['a', 'ab', '\u0000', 'é'.repeat(64), `${'é'.repeat(63)}ab`]
const KINDS = ['record', 'output'] as const
const PAYLOADS: readonly Json[] = [
  null,
  { a: [1, { b: 'ü' }] },
  JSON.parse('{"__proto__":{"x":1},"10":1}') as Json,
]

const made = fc.record({
  kind: fc.constantFrom(...KINDS),
  type: fc.constantFrom(...TYPES),
  payload: fc.constantFrom(...PAYLOADS),
  invokedBy: fc.constantFrom('one', 'two', 'three', 'four', 'five'),
})
const step = fc.oneof(
  { weight: 3, arbitrary: fc.array(made, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constant('take off' as const) },
)
type Made = typeof made extends fc.Arbitrary<infer M> ? M : never

const open: IndexChain[] = []
afterEach(closeAll)

async function closeAll(): Promise<void> {
  for (const each of open.splice(0)) await each.close()
}

async function indexChain(): Promise<IndexChain> {
  const opened = await IndexChain.open(chain, () => VALIDATION_CODE.VALID)
  open.push(opened)
  return opened
}

let count = 0

function transactionFor({ kind, type, payload: json, invokedBy }: Made) {
  count += 1
  if (kind === 'output') return outputOf(chain, 'node', invokedBy, json, START + count, type)
  const payload = {
    kind,
    txnType: type,
    tag: `${count % 3}`,
    payload: json,
    invoker: addressOf('a'),
  } as const
  return transactionOf(chain, { payload, by: ['a'], timestamp: START + count })
}

/** From all blocks, in the plainest way. */
function replay(blocks: readonly Block[]): Map<string, RecordEntry[]> {
  const found = new Map<string, RecordEntry[]>()
  const answered = new Set<string>()
  for (const { header, transactions } of blocks) {
    for (const [index, { id, timestamp, payload }] of transactions.entries()) {
      if (payload?.kind !== 'record' && payload?.kind !== 'output') continue
      const { contract, invokedBy } = payload.kind === 'output' ? payload : { contract: '', invokedBy: '' }
      if (payload.kind === 'output' && answered.has(invokedBy)) continue
      if (payload.kind === 'output') answered.add(invokedBy)
      const { invoker, tag, payload: json, kind, txnType } = payload
      const entry = { invoker, tag, payload: json, contract, invokedBy, timestamp, transactionId: id }
      const name = `${kind} ${txnType}`
      found.set(name, [...(found.get(name) ?? []), { ...entry, height: header.height, index }])
    }
  }
  return found
}

function recordsIn({ index: { records } }: IndexChain): Map<string, RecordEntry[]> {
  const found = new Map<string, RecordEntry[]>()
  const all = (kind: RecordKind, type: string): RecordEntry[] =>
    Array.from({ length: records.count(kind, type) }, (_, i) => records.at(kind, type, i + 1) as RecordEntry)
  for (const kind of KINDS)
    for (const type of TYPES) if (records.count(kind, type) > 0) found.set(`${kind} ${type}`, all(kind, type))
  return found
}

const sorted = (map: Map<string, RecordEntry[]>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

test('whatever is put on and taken off, the index holds the records and outputs that a plain replay gives', async () => {
  const holds = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
    const walked = await indexChain()
    for (const wanted of steps) {
      if (wanted !== 'take off') walked.mine(...wanted.map(transactionFor))
      else if (walked.blocks.length > 0) walked.takeOff()
      expect(sorted(recordsIn(walked))).toEqual(sorted(replay(walked.blocks)))
    }
    const again = await indexChain()
    for (const block of walked.blocks) again.put(block)
    expect([...again.index.contents()]).toEqual([...walked.index.contents()])
    await closeAll()
  })
  await fc.assert(holds, { numRuns: 25 })
})

test('an output is carried by the transaction that counts, and by none once that is taken off', async () => {
  const walked = await indexChain()
  const { index } = walked
  const [once, again] = [1, 2].map((n) => outputOf(chain, 'node', 'order', n))
  if (!once || !again) throw new Error('two are made')
  const id = outputId(once.payload as OutputPayload)
  walked.mine(once)
  walked.mine(again)
  expect(index.carrierOf(id)).toBe(once.id)
  expect(index.records.count('output', 'note')).toBe(1)
  walked.takeOff()
  walked.takeOff()
  expect(index.carrierOf(id)).toBeUndefined()
  walked.mine(again)
  expect(index.carrierOf(id)).toBe(again.id)
  expect(index.records.at('output', 'note', 1)).toMatchObject({ transactionId: again.id, payload: 2 })
})

test('what no type, and no ordinal of a type, can be is not there', async () => {
  const walked = await indexChain()
  walked.mine(transactionFor({ kind: 'record', type: 'a', payload: null, invokedBy: 'one' }))
  const { records } = walked.index
  expect([0, 1, 2].map((ordinal) => records.at('record', 'a', ordinal) !== undefined)).toEqual([
    false,
    true,
    false,
  ])
  for (const type of ['', 'b', 'é'.repeat(1000), `a${'\u0000'.repeat(256)}`]) {
    expect(records.count('record', type)).toBe(0)
    expect(records.at('record', type, 1)).toBeUndefined()
  }
})
