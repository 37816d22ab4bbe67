import { expect, test } from '@jest/globals'
import { HeldWrites } from '../../../src/contract/calls/held-writes.js'

const write = (key: string, bytes: number) => ({
  namespace: 'n',
  collection: 'c',
  key,
  value: new Uint8Array(bytes),
  isPurge: false,
})

test('writes are given out once', () => {
  const held = new HeldWrites(10_000)
  held.put('a', [write('k', 10)])
  expect(held.take('a')).toHaveLength(1)
  expect(held.take('a')).toBeUndefined()
})

test('the oldest go when there are too many', () => {
  const held = new HeldWrites(1_100)
  for (const id of ['a', 'b', 'c']) held.put(id, [write('k', 300)])
  expect([held.take('a'), held.take('b')?.length, held.take('c')?.length]).toEqual([undefined, 1, 1])
})

test('a call that writes nothing private takes no room, and one that ran again replaces what it wrote', () => {
  const held = new HeldWrites(1_000)
  held.put('a', [])
  expect(held.take('a')).toBeUndefined()
  held.put('a', [write('k', 300)])
  held.put('a', [write('k', 300), write('l', 10)])
  held.put('b', [write('k', 10)])
  expect([held.take('a')?.length, held.take('b')?.length]).toEqual([2, 1])
})
