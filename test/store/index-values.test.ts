import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_MONEY } from '../../src/ledger/amount.js'
import { coinKey, coinPlaceOf } from '../../src/store/index/keys.js'
import {
  decodeFlow,
  decodeTotals,
  decodeUtxo,
  encodeFlow,
  encodeTotals,
  encodeUtxo,
} from '../../src/store/index/values.js'

const hex = (digits: number) =>
  fc
    .uint8Array({ minLength: digits / 2, maxLength: digits / 2 })
    .map((some) => Buffer.from(some).toString('hex'))
const amount = fc.oneof(fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, MAX_MONEY), fc.maxSafeNat())
const u32 = fc.nat(0xffffffff)

test('an unspent output reads as it was written, whatever its amount and wherever it stands', () => {
  const place = fc.record({ height: u32, index: fc.oneof(fc.constant(0), u32), outputIndex: u32 })
  fc.assert(
    fc.property(hex(40), amount, place, (digits, units, at) => {
      const owned = { address: `0x${digits}`, amount: units }
      expect(decodeUtxo(encodeUtxo(owned), at)).toEqual({
        ...owned,
        height: at.height,
        isCoinbase: at.index === 0,
      })
      expect(coinPlaceOf(coinKey(at))).toEqual(at)
    }),
  )
})

test('totals and flows read as they were written', () => {
  fc.assert(
    fc.property(amount, amount, u32, u32, (a, b, unspentOutputs, transactions) => {
      const totals = { balance: a, unspentOutputs, transactions }
      expect(decodeTotals(encodeTotals(totals))).toEqual(totals)
      expect(decodeFlow(encodeFlow(a, b))).toEqual({ received: a, sent: b })
    }),
  )
})

test('an amount is stored as 64 bits, the high ones first', () => {
  const totals = { balance: 2 ** 32 + 2, unspentOutputs: 0, transactions: 0 }
  expect(encodeTotals(totals).toString('hex', 0, 8)).toBe('0000000100000002')
})
