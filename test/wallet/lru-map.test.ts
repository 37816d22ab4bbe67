import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { LruMap } from '../../src/wallet/lru-map.js'

test('when full it forgets the entry longest unused, and a look-up counts as use', () => {
  const map = new LruMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.get('a')).toBe(1)
  map.set('c', 3)
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3])
})

test('setting a key again changes its value and takes no room', () => {
  const map = new LruMap<number>(2)
  for (const value of [1, 2, 3]) map.set('a', value)
  map.set('b', 4)
  expect([map.size, map.get('a'), map.get('b')]).toEqual([2, 3, 4])
})

test('it never holds more than its capacity and always the keys used last', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')),
      (capacity, uses) => {
        const map = new LruMap<string>(capacity)
        for (const key of uses) if (map.get(key) === undefined) map.set(key, key)
        const latest = [...new Set(uses.reverse())].slice(0, capacity)
        expect(map.size).toBe(latest.length)
        for (const key of latest) expect(map.get(key)).toBe(key)
      },
    ),
  )
})

test.each([0, -1, 1.5, NaN])('a capacity of %s is a mistake of ours', (capacity) => {
  expect(() => new LruMap(capacity)).toThrow('at least one entry')
})
