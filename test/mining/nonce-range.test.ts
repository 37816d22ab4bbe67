import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { HeaderFields } from '../../src/ledger/block.js'
import { encodeHeader, headerHash } from '../../src/ledger/header.js'
import { NonceRange } from '../../src/mining/nonce-range.js'

const header: HeaderFields = {
  version: 1,
  height: 7,
  previousHash: '11'.repeat(32),
  merkleRoot: '22'.repeat(32),
  transactionCount: 1,
  timestamp: 1_767_225_600_000,
  bits: 0x1f00ffff,
  nonce: 'ff'.repeat(8),
}

const hashWith = (nonce: string): string => headerHash({ ...header, nonce })
const nonceOf = (upper: number, lower: number): string =>
  upper.toString(16).padStart(8, '0') + lower.toString(16).padStart(8, '0')

function rangeOf(target: string, first = 0, step = 1): NonceRange {
  return new NonceRange({ header: encodeHeader(header), target, first, step })
}

test('the nonce found is the first that meets the target, in every part of the nonces', () => {
  const target = `02${'f'.repeat(62)}`
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (first) => {
      let lower = 0
      while (hashWith(nonceOf(first, lower)) > target) lower++
      const range = rangeOf(target, first)
      expect(range.search(100_000)).toBe(nonceOf(first, lower))
      expect(range.tried).toBe(lower + 1)
    }),
    { numRuns: 20 },
  )
})

test('a hash that equals the target meets it, and one above does not', () => {
  const hash = hashWith(nonceOf(3, 0))
  const below = (BigInt(`0x${hash}`) - 1n).toString(16).padStart(64, '0')
  expect(rangeOf(hash, 3).search(1)).toBe(nonceOf(3, 0))
  expect(rangeOf(below, 3).search(1)).toBeUndefined()
})

test('a search goes on where it stopped, and after a find as well', () => {
  const everything = 'f'.repeat(64)
  const nothing = '0'.repeat(64)
  const range = rangeOf(everything, 1)
  expect([range.search(5), range.search(5)]).toEqual([nonceOf(1, 0), nonceOf(1, 1)])
  const vain = rangeOf(nothing, 1)
  expect([vain.search(10), vain.search(7)]).toEqual([undefined, undefined])
  expect(vain.tried).toBe(17)
})

test('the job it was given is left as it is', () => {
  const bytes = encodeHeader(header)
  new NonceRange({ header: bytes, target: '0'.repeat(64), first: 9, step: 1 }).search(10)
  expect(bytes).toEqual(encodeHeader(header))
})
