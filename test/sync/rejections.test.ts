import { expect, test } from '@jest/globals'
import { Rejections } from '../../src/sync/rejections.js'

function id(n: number): string {
  return n.toString(16).padStart(64, '0')
}

test('refused transactions are forgotten with a new tip, after a while, and where there are too many', () => {
  let nowMs = 1_000_000
  const rejections = new Rejections(3, () => nowMs)
  for (let n = 0; n < 5; n++) rejections.add(id(n), 'POOL-8')
  expect([0, 1, 2, 3, 4].map((n) => rejections.has(id(n)))).toEqual([false, false, true, true, true])
  nowMs += 600_000
  expect(rejections.has(id(4))).toBe(true)
  nowMs += 1
  expect(rejections.has(id(4))).toBe(false)
  rejections.add(id(5), 'UTX-4')
  expect(rejections.has(id(5))).toBe(true)
  rejections.clear()
  expect(rejections.has(id(5))).toBe(false)
})

test('TX-22: a wrong signature does not keep out the transaction that has the same id and the right one', () => {
  const rejections = new Rejections(3, () => 0)
  for (const rule of ['TX-16', 'TX-21', 'TX-22', 'UTX-5']) rejections.add(id(1), rule)
  expect(rejections.has(id(1))).toBe(false)
})
