import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SortedList } from '../../src/ledger/sorted-list.js'

test('a sorted list holds what was put in and not taken out, in order, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1500, max: 1500 }), { maxLength: 1200 }), (moves) => {
      const list = new SortedList<number>((a, b) => a < b)
      const model = new Set<number>()
      for (const move of moves) {
        const item = Math.abs(move)
        if (move < 0) expect(list.delete(item)).toBe(model.delete(item))
        else if (!model.has(item)) {
          model.add(item)
          list.add(item)
        }
      }
      expect([...list]).toEqual([...model].sort((a, b) => a - b))
    }),
    { numRuns: 60 },
  )
})

test('an item that is equal in order but not the same is not taken out', () => {
  const list = new SortedList<{ rank: number }>((a, b) => a.rank < b.rank)
  const item = { rank: 1 }
  list.add(item)
  expect(list.delete({ rank: 1 })).toBe(false)
  expect([...list]).toEqual([item])
})
