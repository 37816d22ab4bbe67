import { expect, test } from '@jest/globals'
import { PreparedMemory } from '../../../src/contract/gateway/prepared-memory.js'
import { transactionOf } from './fake-calls.js'
import { proposal } from './gateway-kit.js'
import { OK } from './twisted-envelope.js'

const payload = (fill: number, bytes = 40) => Buffer.alloc(bytes, fill)
const transaction = transactionOf(proposal(), OK)

test('a transaction is taken once, by the bytes it was put for', () => {
  const memory = new PreparedMemory(100)
  memory.put(payload(1), transaction)
  expect(memory.take(payload(2))).toBeUndefined()
  expect(memory.take(payload(1))).toBe(transaction)
  expect(memory.take(payload(1))).toBeUndefined()
})

test('the oldest are forgotten when there are too many', () => {
  const memory = new PreparedMemory(100)
  for (const fill of [1, 2, 3]) memory.put(payload(fill), transaction)
  expect([1, 2, 3].map((fill) => memory.take(payload(fill)) !== undefined)).toEqual([false, true, true])
})

test('what was put twice counts once, and what was taken not at all', () => {
  const memory = new PreparedMemory(100)
  memory.put(payload(1), transaction)
  memory.put(payload(2), transaction)
  memory.put(payload(2), transaction)
  expect(memory.take(payload(1))).toBe(transaction)
  memory.put(payload(3), transaction)
  expect(memory.take(payload(2))).toBe(transaction)
  expect(memory.take(payload(3))).toBe(transaction)
})

test('one that is larger than all there is room for is not kept', () => {
  const memory = new PreparedMemory(100)
  memory.put(payload(1, 101), transaction)
  expect(memory.take(payload(1, 101))).toBeUndefined()
})
