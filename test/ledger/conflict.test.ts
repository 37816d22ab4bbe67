import { expect, test } from '@jest/globals'
import { type Conflict, conflictOf } from '../../src/ledger/conflict.js'
import type { KeyVersion, RangeRead } from '../../src/ledger/payload/key-access.js'
import { MemoryState } from './memory-ports.js'

const at = (height: number, index = 1): KeyVersion => ({ height, index })

function worldOf(keys: Record<string, KeyVersion>): MemoryState {
  const world = new MemoryState()
  for (const [key, version] of Object.entries(keys)) world.put('c', key, { value: { text: '' }, version })
  return world
}

function scan(seen: Record<string, KeyVersion>, range: Partial<RangeRead> = {}): Conflict | undefined {
  const results = Object.entries(seen).map(([key, version]) => ({ key, version }))
  const rangeReads = [{ namespace: 'c', start: '', end: '', exhausted: true, results, ...range }]
  return conflictOf({ reads: [], rangeReads }, worldOf({ b: at(2), d: at(4) }))
}

test('a conflict names the key that was read, what the call saw and who wrote since', () => {
  const world = worldOf({ a: at(1), b: at(7, 3) })
  const read = (key: string, version: KeyVersion | null) => ({ namespace: 'c', key, version })
  expect(conflictOf({ reads: [read('a', at(1)), read('z', null)], rangeReads: [] }, world)).toBeUndefined()
  expect(conflictOf({ reads: [read('a', at(1)), read('b', at(2))], rangeReads: [] }, world)).toEqual({
    code: 11,
    namespace: 'c',
    key: 'b',
    expected: at(2),
    found: at(7, 3),
  })
  expect(conflictOf({ reads: [read('z', at(2))], rangeReads: [] }, world)).toMatchObject({ found: null })
  expect(conflictOf({ reads: [read('b', null)], rangeReads: [] }, world)).toMatchObject({ expected: null })
})

test('a scan conflicts with the first key that came, changed or went', () => {
  expect(scan({ b: at(2), d: at(4) })).toBeUndefined()
  expect(scan({ b: at(2) })).toMatchObject({ code: 12, key: 'd', expected: null, found: at(4) })
  expect(scan({ d: at(4) })).toMatchObject({ key: 'b', expected: null, found: at(2) })
  expect(scan({ b: at(1), d: at(4) })).toMatchObject({ key: 'b', expected: at(1), found: at(2) })
  expect(scan({ a: at(1), b: at(2), d: at(4) })).toMatchObject({ key: 'a', expected: at(1), found: null })
  expect(scan({ b: at(2), d: at(4), e: at(1) })).toMatchObject({ key: 'e', found: null })
})

test('a scan that was not exhausted conflicts only up to the last key it saw', () => {
  expect(scan({ b: at(2) }, { exhausted: false })).toBeUndefined()
  expect(scan({}, { exhausted: false })).toBeUndefined()
  expect(scan({ c: at(3) }, { exhausted: false })).toMatchObject({ key: 'b', expected: null })
})
