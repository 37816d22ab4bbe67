import { expect, test } from '@jest/globals'
import type { Json } from '../../src/base/json.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import { outputId } from '../../src/ledger/payload/output.js'
import { payloadInvoker } from '../../src/ledger/payload/payload.js'
import { changed, ruleBrokenBy, vectorJson, vectorOf } from './fixtures.js'

const coinbase = vectorJson('a coinbase')
const record = vectorJson('a record without inputs')
const output = vectorJson('the output of a contract')
const call = vectorJson('an invocation')

/** `levels` lists around one another. */
function nested(levels: number): Json {
  return levels === 0 ? 0 : [nested(levels - 1)]
}

const ADDRESS = `0x${'0a'.repeat(20)}`
const VERSION = { height: 1, index: 0 }
const endorsements = (call['payload'] as Record<string, Json>)['endorsements'] as Json[]
const result = (key: string): Json => ({ key, version: VERSION })
const write = (namespace: string, key: string): Json => ({ namespace, key, value: null })
const read = (namespace: string, key: string): Json => ({ namespace, key, version: null })

type Break = [rule: string, how: string, json: Json, path: (string | number)[], value: Json | undefined]

const brokenEnvelope: Break[] = [
  ['PAY-1', 'a payload of null', record, [], null],
  ['PAY-1', 'an unknown kind', record, ['kind'], 'gift'],
  ['PAY-1', 'a kind named like a part of every object', record, ['kind'], 'constructor'],
  ['PAY-1', 'no kind', record, ['kind'], undefined],
  ['PAY-1', 'a list', record, [], ['record']],
  ['PAY-2', 'a coinbase with a message', coinbase, ['message'], 'hello'],
  ['PAY-2', 'a record without tag', record, ['tag'], undefined],
  ['PAY-2', 'an output without invoked_by', output, ['invoked_by'], undefined],
  ['PAY-2', 'an invocation without writes', call, ['writes'], undefined],
  ['PAY-3', 'a negative height', coinbase, ['height'], -1],
  ['PAY-3', 'a height beyond 32 bits', coinbase, ['height'], 2 ** 32],
]

const brokenRecord: Break[] = [
  ['PAY-4', 'an empty txn_type', record, ['txn_type'], ''],
  ['PAY-4', 'a txn_type of more than 128 bytes in fewer characters', record, ['txn_type'], 'é'.repeat(65)],
  ['PAY-4', 'a txn_type with a lone surrogate', record, ['txn_type'], 'a\ud800'],
  ['PAY-5', 'a tag of more than 1024 bytes', record, ['tag'], '😀'.repeat(257)],
  ['PAY-5', 'a tag of null', record, ['tag'], null],
  ['PAY-6', 'a fraction', record, ['payload'], { price: 1.5 }],
  ['PAY-6', 'an integer that is not exact in every language', record, ['payload'], [2 ** 53]],
  ['PAY-6', 'a huge number', record, ['payload'], 1e300],
  ['PAY-6', 'negative zero', record, ['payload'], [-0]],
  ['PAY-7', 'a payload of 33 levels', record, ['payload'], nested(33)],
  ['PAY-8', 'a lone surrogate in a text', record, ['payload'], ['\udc00\ud800']],
  ['PAY-8', 'a lone surrogate in a name', record, ['payload'], { '\ud800': 1 }],
  ['TX-7', 'an invoker that is no address', record, ['invoker'], 'ann'],
]

const brokenOutput: Break[] = [
  ['PAY-4', 'an output of more than 128 bytes of type', output, ['txn_type'], 'é'.repeat(65)],
  ['PAY-5', 'an output with a tag of null', output, ['tag'], null],
  ['PAY-6', 'a fraction in an output', output, ['payload'], { price: 1.5 }],
  ['PAY-7', 'an output of 33 levels', output, ['payload'], nested(33)],
  ['PAY-8', 'an output with a lone surrogate', output, ['payload'], ['\udc00\ud800']],
  ['PAY-23', 'an output of no contract', output, ['contract'], ''],
  ['PAY-23', 'an output of a contract with a name of 65 bytes', output, ['contract'], 'c'.repeat(65)],
  ['PAY-24', 'an output that nothing invoked', output, ['invoked_by'], ''],
  ['PAY-24', 'an output that was invoked by 129 bytes', output, ['invoked_by'], 'i'.repeat(129)],
  ['TX-7', 'an output with an invoker that is no address', output, ['invoker'], 'ann'],
]

const brokenCall: Break[] = [
  ['PAY-9', 'bytes with text and hex', call, ['args', 0], { text: 'a', hex: '61' }],
  ['PAY-9', 'bytes with neither', call, ['args', 0], {}],
  ['PAY-9', 'bytes in plain text', call, ['args', 0], 'a'],
  ['PAY-9', 'half a byte', call, ['args', 0], { hex: '0' }],
  ['PAY-9', 'upper-case digits', call, ['writes', 0, 'value'], { hex: 'FF' }],
  ['PAY-9', 'a lone surrogate', call, ['event', 'payload'], { text: '\ud83d' }],
  ['PAY-10', 'a contract without a name', call, ['contract'], ''],
  ['PAY-10', 'a namespace that is too long', call, ['reads', 0, 'namespace'], 'n'.repeat(129)],
  ['PAY-11', 'a call id that is no hash', call, ['call_id'], 'ab'],
  ['PAY-12', 'args that are no list', call, ['args'], {}],
  ['PAY-12', 'a write with is_delete', call, ['writes', 0, 'is_delete'], true],
  ['PAY-12', 'a range read that is exhausted by 1', call, ['range_reads', 0, 'exhausted'], 1],
  ['PAY-13', 'a creator without credentials', call, ['creator', 'credentials'], ''],
  ['PAY-13', 'a creator in text', call, ['creator'], 'ann'],
  ['PAY-14', 'a key of more than 1024 bytes', call, ['writes', 0, 'key'], 'k'.repeat(1025)],
  ['PAY-14', 'a range that ends in a number', call, ['range_reads', 0, 'end'], 9],
  ['PAY-15', 'a version without index', call, ['reads', 0, 'version'], { height: 1 }],
  ['PAY-15', 'a version in text', call, ['reads', 0, 'version'], '1'],
  ['PAY-15', 'a result without a version', call, ['range_reads', 0, 'results', 0, 'version'], null],
  ['PAY-16', 'a key that is read twice', call, ['reads'], [read('a', 'k'), read('a', 'k')]],
  ['PAY-16', 'namespaces in descending order', call, ['reads'], [read('b', 'a'), read('a', 'b')]],
  ['PAY-17', 'a key that is written twice', call, ['writes'], [write('a', 'k'), write('a', 'k')]],
  [
    'PAY-17',
    'keys in the order of JavaScript',
    call,
    ['writes'],
    [write('a', '\u{1f600}'), write('a', '\uffee')],
  ],
  ['PAY-18', 'a result twice', call, ['range_reads', 1, 'results'], [result('k'), result('k')]],
  ['PAY-18', 'a result before the start', call, ['range_reads', 0, 'results'], [result('asset')]],
  ['PAY-18', 'a result at the end', call, ['range_reads', 0, 'results'], [result('asset-~')]],
  ['PAY-19', 'a response of a failed call', call, ['response', 'status'], 400],
  ['PAY-19', 'a response without message', call, ['response', 'message'], undefined],
  ['PAY-20', 'an event without a name', call, ['event', 'name'], ''],
  ['PAY-20', 'an event of null', call, ['event'], null],
  ['PAY-21', 'an endorsement that is cut', call, ['endorsements', 0, 'signature'], 'ab'],
  [
    'PAY-22',
    'an endorsement twice',
    call,
    ['endorsements'],
    [endorsements[0] as Json, endorsements[0] as Json],
  ],
  ['PAY-22', 'endorsements in descending order', call, ['endorsements'], [...endorsements].reverse()],
]

test.each([...brokenEnvelope, ...brokenRecord, ...brokenOutput, ...brokenCall])(
  '%s is broken by %s',
  (rule, _how, json, path, value) => {
    expect(ruleBrokenBy(() => decodeTransaction(changed(json, ['payload', ...path], value)))).toBe(rule)
  },
)

test('PAY-7 allows 32 levels', () => {
  const json = changed(record, ['payload', 'payload'], nested(32))
  expect(ruleBrokenBy(() => decodeTransaction(json))).toBeUndefined()
})

test('PAY-18 sets no upper bound where the end is empty', () => {
  const json = changed(call, ['payload', 'range_reads', 1, 'results'], [result(''), result('\u{10ffff}')])
  expect(ruleBrokenBy(() => decodeTransaction(json))).toBeUndefined()
})

test('an event is the only member of an invocation that may be absent', () => {
  const json = changed(call, ['payload', 'event'], undefined)
  expect(decodeTransaction(json).payload).not.toHaveProperty('event')
})

test('records, outputs and invocations have an invoker, coinbases and transfers have none', () => {
  const invokers = [record, output, call, coinbase].map((json) =>
    payloadInvoker(decodeTransaction(json).payload),
  )
  const address = expect.stringMatching(/^0x/)
  expect(invokers).toEqual([address, address, address, undefined])
  expect(payloadInvoker(undefined)).toBeUndefined()
})

test('an output is known by who answers what, and by an id that no call can have', () => {
  const { payload } = decodeTransaction(output)
  if (payload?.kind !== 'output') throw new Error('no output')
  expect(outputId(payload)).toBe(vectorOf('the output of a contract').output_id)
  expect(outputId({ ...payload, ...{ tag: 'other', payload: 1 } })).toBe(outputId(payload))
  const others = [{ invoker: ADDRESS }, { contract: 'other' }, { invokedBy: 'other' }]
  expect(new Set([{}, ...others].map((other) => outputId({ ...payload, ...other }))).size).toBe(4)
  const taking = changed(call, ['payload', 'call_id'], outputId(payload))
  expect(ruleBrokenBy(() => decodeTransaction(taking))).toBe('PAY-11')
})
