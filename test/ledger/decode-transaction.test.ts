import { expect, test } from '@jest/globals'
import { canonicalJson } from '../../src/base/canonical-json.js'
import type { Json } from '../../src/base/json.js'
import { checkTransaction } from '../../src/ledger/check-transaction.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { transactionId } from '../../src/ledger/seal-transaction.js'
import { chain, changed, ruleBrokenBy, type TransactionVector, vectorJson, vectors } from './fixtures.js'

const file = vectors('transactions') as { chain_id: string; transactions: TransactionVector[] }

test('the chain id of the vectors is the hash of their settings', () => {
  expect(chain.id).toBe(file.chain_id)
})

test.each(file.transactions)('$name is well-formed, and has its id and size', (vector) => {
  const transaction = decodeTransaction(vector.transaction)
  expect(transaction.id).toBe(vector.id)
  expect(transactionId(transaction)).toBe(vector.id)
  expect(transaction.bytes).toBe(vector.bytes)
  checkTransaction(transaction, chain)
})

test.each(file.transactions)('$name is written as it was read', ({ transaction }) => {
  expect(canonicalJson(encodeTransaction(decodeTransaction(transaction)))).toBe(canonicalJson(transaction))
})

const json = vectorJson('a transfer of one input')
const ADDRESS = `0x${'0a'.repeat(20)}`
const [first, second] = vectorJson('a transfer that spends from three addresses')['signatures'] as [
  Json,
  Json,
]

const broken: [rule: string, how: string, path: (string | number)[], value: Json | undefined][] = [
  ['TX-1', 'a member too many', ['id'], '00'],
  ['TX-1', 'a member named like a part of every object', ['constructor'], 1],
  ['TX-1', 'no fee', ['fee'], undefined],
  ['TX-1', 'no signatures', ['signatures'], undefined],
  ['TX-2', 'another version', ['version'], 2],
  ['TX-2', 'a version in text', ['version'], '1'],
  ['TX-3', 'upper-case digits', ['chain_id'], 'AB'.repeat(32)],
  ['TX-3', 'a digit too few', ['chain_id'], 'a'.repeat(63)],
  ['TX-3', 'a chain id that is a number', ['chain_id'], 1],
  ['TX-4', 'a fraction', ['timestamp'], 1.5],
  ['TX-4', 'a time before 1970', ['timestamp'], -1],
  ['TX-4', 'a time no calendar shows', ['timestamp'], 8_640_000_000_000_001],
  ['TX-4', 'negative zero', ['timestamp'], -0],
  ['TX-5', 'inputs that are no list', ['inputs'], { length: 0 }],
  ['TX-5', 'an input of null', ['inputs', 0], null],
  ['TX-5', 'an input that is a list', ['inputs', 0], []],
  ['TX-5', 'an input with a script', ['inputs', 0, 'script'], ''],
  ['TX-5', 'an output index beyond 32 bits', ['inputs', 0, 'output_index'], 2 ** 32],
  ['TX-5', 'a negative output index', ['inputs', 0, 'output_index'], -1],
  ['TX-5', 'a short transaction id', ['inputs', 0, 'transaction_id'], 'ab'],
  ['TX-6', 'outputs of null', ['outputs'], null],
  ['TX-6', 'an output without amount', ['outputs', 0, 'amount'], undefined],
  ['TX-6', 'an amount of zero', ['outputs', 0, 'amount'], 0],
  ['TX-6', 'a negative amount', ['outputs', 0, 'amount'], -5],
  ['TX-6', 'an amount that is not exact in every language', ['outputs', 0, 'amount'], 2 ** 53],
  ['TX-6', 'an amount with a fraction', ['outputs', 0, 'amount'], 0.1],
  ['TX-6', 'an amount in text', ['outputs', 0, 'amount'], '5'],
  ['TX-6', 'an amount of infinity', ['outputs', 0, 'amount'], Infinity],
  ['TX-7', 'an address with an upper-case digit', ['outputs', 0, 'address'], ADDRESS.replace('a', 'A')],
  ['TX-7', 'an address without 0x', ['outputs', 0, 'address'], ADDRESS.slice(2)],
  ['TX-8', 'a negative fee', ['fee'], -1],
  ['TX-8', 'a fee of negative zero', ['fee'], -0],
  ['TX-8', 'a fee of null', ['fee'], null],
  ['TX-9', 'a signature that is too short', ['signatures', 0, 'signature'], 'ab'.repeat(63)],
  ['TX-9', 'a public key in upper case', ['signatures', 0, 'public_key'], 'AB'.repeat(32)],
  ['TX-9', 'a signature with a further member', ['signatures', 0, 'kind'], 'ed25519'],
  ['TX-10', 'a signature twice', ['signatures'], [first, first]],
  ['TX-10', 'signatures in descending order', ['signatures'], [second, first]],
]

test.each(broken)('%s is broken by %s', (rule, _how, path, value) => {
  expect(ruleBrokenBy(() => decodeTransaction(changed(json, path, value)))).toBe(rule)
})

test.each([null, true, 7, 'text', []])('TX-1 is broken by %j', (value) => {
  expect(ruleBrokenBy(() => decodeTransaction(value))).toBe('TX-1')
})

test('the id does not change with the signatures', () => {
  const other = decodeTransaction(changed(json, ['signatures'], []))
  expect(other.id).toBe(decodeTransaction(json).id)
})
