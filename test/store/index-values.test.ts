import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_MONEY } from '../../src/ledger/amount.js'
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

test('an unspent output reads as it was written, whatever its amount', () => {
  const entry = fc.record({
    address: hex(40).map((digits) => `0x${digits}`),
    amount,
    height: u32,
    isCoinbase: fc.boolean(),
  })
  fc.assert(fc.property(entry, (each) => expect(decodeUtxo(encodeUtxo(each))).toEqual(each)))
})

test('totals and flows read as they were written', () => {
  fc.assert(
    fc.property(amount, amount, u32, u32, hex(64), (a, b, unspentOutputs, transactions, id) => {
      const totals = { balance: a, unspentOutputs, transactions }
      expect(decodeTotals(encodeTotals(totals))).toEqual(totals)
      expect(decodeFlow(encodeFlow(id, a, b))).toEqual({ id, received: a, sent: b })
    }),
  )
})

test('an amount is stored as 64 bits, the high ones first', () => {
  const totals = { balance: 2 ** 32 + 2, unspentOutputs: 0, transactions: 0 }
  expect(encodeTotals(totals).toString('hex', 0, 8)).toBe('0000000100000002')
})
