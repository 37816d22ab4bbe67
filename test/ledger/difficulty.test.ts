import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chainOf } from '../../src/ledger/chain.js'
import { asertTarget, compactToTarget, targetToCompact, workOfTarget } from '../../src/ledger/difficulty.js'
import { nextBits } from '../../src/ledger/retarget.js'
import { settings, vectors } from './fixtures.js'
import type { BlockHeader } from '../../src/ledger/block.js'

interface TargetVectors {
  readonly valid: { bits: number; target: string; work: string }[]
  readonly invalid: { name: string; bits: number }[]
  readonly cut: { target: string; bits: number }[]
}

interface AsertVectors {
  readonly block_time: number
  readonly groups: {
    pow_limit_bits: number
    half_life_blocks: number
    cases: { parent_bits: number; grandparent_timestamp: number; parent_timestamp: number; bits: number }[]
  }[]
}

const targets = vectors('targets') as TargetVectors
const asert = vectors('asert') as AsertVectors

const hex = (digits: string) => BigInt(`0x${digits}`)

test.each(targets.valid)(
  '$bits is the compact form of $target and stands for $work hashes',
  ({ bits, target, work }) => {
    expect(compactToTarget(bits)).toBe(hex(target))
    expect(targetToCompact(hex(target))).toBe(bits)
    expect(workOfTarget(hex(target))).toBe(hex(work))
  },
)

test.each(targets.invalid)('$bits is no compact form: $name', ({ bits }) => {
  expect(compactToTarget(bits)).toBeUndefined()
})

test.each([-1, 0.5, 2 ** 32, NaN])('%d is no compact form', (bits) => {
  expect(compactToTarget(bits)).toBeUndefined()
})

test.each(targets.cut)('$target is cut to $bits', ({ target, bits }) => {
  expect(targetToCompact(hex(target))).toBe(bits)
})

const anyTarget = fc.bigInt({ min: 1n, max: 2n ** 256n - 1n })
const smallTarget = fc.bigInt({ min: 1n, max: 2n ** 30n })

test('the compact form keeps a target to a part in 2^15, never above it, and is then exact', () => {
  fc.assert(
    fc.property(fc.oneof(anyTarget, smallTarget), (target) => {
      const bits = targetToCompact(target)
      const kept = compactToTarget(bits) as bigint
      expect(kept <= target && (target - kept) << 15n <= target).toBe(true)
      expect(targetToCompact(kept)).toBe(bits)
    }),
  )
})

const cases = asert.groups.flatMap(({ cases, ...group }) => cases.map((each) => ({ ...group, ...each })))

test.each(cases)(
  'HDR-18: limit $pow_limit_bits, half life $half_life_blocks: $parent_bits at $parent_timestamp is followed by $bits',
  (vector) => {
    const on = chainOf({
      ...settings,
      powLimitBits: vector.pow_limit_bits,
      halfLifeBlocks: vector.half_life_blocks,
      blockTime: asert.block_time,
    })
    const parent = { bits: vector.parent_bits, timestamp: vector.parent_timestamp } as BlockHeader
    const timestamps = [vector.grandparent_timestamp, vector.parent_timestamp]
    expect(nextBits(on, { parent, timestamps })).toBe(vector.bits)
  },
)

test('a target follows the exponential to two parts in ten thousand', () => {
  const halfLifeMs = 120_000n
  fc.assert(
    fc.property(fc.integer({ min: -6_000_000, max: 6_000_000 }), (behindMs) => {
      const anchor = 2n ** 150n
      const ratio = Number((asertTarget(anchor, BigInt(behindMs), halfLifeMs) << 110n) / anchor) / 2 ** 110
      const exact = 2 ** (behindMs / Number(halfLifeMs))
      expect(Math.abs(ratio / exact - 1)).toBeLessThan(2e-4)
    }),
  )
})

test('a later parent never makes the target harder', () => {
  const behind = fc.bigInt({ min: -(10n ** 8n), max: 10n ** 8n })
  fc.assert(
    fc.property(behind, fc.bigInt({ min: 0n, max: 10n ** 6n }), (early, delay) => {
      const at = (behindMs: bigint) => asertTarget(2n ** 200n, behindMs, 120_000n)
      expect(at(early + delay) >= at(early)).toBe(true)
    }),
  )
})

test('absurd times cost nothing and stay between 1 and 2^256', () => {
  expect(asertTarget(2n ** 200n, 10n ** 30n, 1n)).toBe(2n ** 256n)
  expect(asertTarget(2n ** 200n, -(10n ** 30n), 1n)).toBe(1n)
})

test('settings without a canonical pow limit are our own mistake', () => {
  expect(() => chainOf({ ...settings, powLimitBits: 0 })).toThrow('pow limit')
})
