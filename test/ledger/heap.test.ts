import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Heap } from '../../src/ledger/heap.js'

test('a heap gives its items back in order, whatever is put in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer())), (steps) => {
      const heap = new Heap<number>((a, b) => a < b)
      const plain: number[] = []
      for (const item of steps) {
        if (item === null) expect(heap.pop()).toBe(plain.sort((a, b) => a - b).shift())
        else {
          plain.push(item)
          heap.push(item)
        }
        expect(heap.size).toBe(plain.length)
      }
    }),
  )
})
