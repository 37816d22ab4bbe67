import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { coinsText, unitsOfText } from '../../src/app/commands/wallet/coins.js'
import { fundsOf } from '../../src/app/commands/wallet/funds.js'
import type { Node } from '../../src/app/commands/wallet/node.js'
import { MAX_MONEY } from '../../src/ledger/amount.js'

test('amounts are read and written exactly, whatever their size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_MONEY }), (units) => {
      expect(unitsOfText(coinsText(units))).toBe(units)
    }),
  )
  expect(unitsOfText('90071992.54740991')).toBe(MAX_MONEY)
  expect(() => unitsOfText('90071992.54740992')).toThrow('no more coins than can exist')
  expect([0.1, 0.2, 1.1].map((coins) => unitsOfText(String(coins)))).toEqual([1e7, 2e7, 11e7])
  expect([-250_000_000, 1, 100_000_000].map(coinsText)).toEqual(['-2.5', '0.00000001', '1'])
})

test.each([
  '1e3',
  '-1',
  '0.000000001',
  '1.',
  '.5',
  '',
  ' 1',
  '1,5',
  '0x10',
  'NaN',
  'Infinity',
  '+1',
  '1_000',
])('%j is no amount', (text) => {
  expect(() => unitsOfText(text)).toThrow('takes coins with at most 8 decimals')
})

const ADDRESS = `0x${'11'.repeat(20)}`

/** An output of block 10 on a chain whose next block has height 16. */
function output(output_index: number, amount: number, spendable_at = 11, spent_by: string | null = null) {
  return {
    ...{ transaction_id: 'aa'.repeat(32), output_index, amount, height: 10, is_coinbase: false },
    ...{ confirmations: 6, spendable_at, spent_by },
  }
}

test('the outputs of all pages count, each by what can be done with it', async () => {
  const pages = [
    { address: ADDRESS, outputs: [output(0, 1), output(1, 2, 16)], next_cursor: 'second' },
    { address: ADDRESS, outputs: [output(2, 4, 17), output(3, 8)], next_cursor: 'third' },
    { address: ADDRESS, outputs: [output(4, 16, 11, 'bb'.repeat(32))], next_cursor: null },
  ]
  const cursors: unknown[] = []
  const call = (_: string, params: object) => {
    cursors.push('cursor' in params ? params.cursor : undefined)
    return Promise.resolve(pages[cursors.length - 1])
  }
  const funds = await fundsOf({ url: '', call: call as Node['call'] }, ADDRESS)
  expect(cursors).toEqual([undefined, 'second', 'third'])
  expect(funds.coins.map(({ outputIndex }) => outputIndex)).toEqual([0, 1, 3])
  expect(funds).toMatchObject({ spendable: 11, immature: 4, leaving: 16 })
})
