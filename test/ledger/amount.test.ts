import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_MONEY, sumAmounts } from '../../src/ledger/amount.js'

test('a sum is exact, or undefined beyond the most money there can be', () => {
  const amount = fc.oneof(fc.nat(), fc.integer({ min: 0, max: MAX_MONEY }))
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 5 }), (amounts) => {
      const exact = amounts.reduce((sum, each) => sum + BigInt(each), 0n)
      expect(sumAmounts(amounts)).toBe(exact > BigInt(MAX_MONEY) ? undefined : Number(exact))
    }),
  )
})

test('the most money there can be is itself a sum', () => {
  expect(sumAmounts([MAX_MONEY, 0])).toBe(MAX_MONEY)
  expect(sumAmounts([MAX_MONEY, 1])).toBeUndefined()
  expect(sumAmounts([])).toBe(0)
})
