import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compactToTarget } from '../../src/ledger/difficulty.js'
import { branchAfter } from '../../src/ledger/header-tree.js'
import { nextBits } from '../../src/ledger/retarget.js'
import { blockOf, START, testChain } from './make-chain.js'
import { byPlan, type Mined, type Phase, type Rule, simulateMining } from './simulate-mining.js'

const chain = testChain({ retarget: 'asert', powLimitBits: 0x1e0fffff, halfLifeBlocks: 12 })
const limit = chain.settings.powLimitBits
const HOUR = 3600
const THREAD = 1_300_000

/** The target after blocks at `timestamps`, the last of which carried `bits`, as a share of the last one's target. */
function easing(timestamps: readonly number[], bits: number): number {
  const first = blockOf(chain, undefined, { timestamp: timestamps[0] ?? START }).header
  let branch = branchAfter(undefined, first)
  for (const timestamp of timestamps.slice(1)) {
    branch = branchAfter(branch, blockOf(chain, branch.parent, { timestamp, bits }).header)
  }
  return Number(compactToTarget(nextBits(chain, branch)) ?? 0n) / Number(compactToTarget(bits) ?? 1n)
}

test('blocks 0 and 1, and all blocks where nothing is retargeted, have the easiest target', () => {
  expect(nextBits(chain, undefined)).toBe(limit)
  const branch = branchAfter(undefined, blockOf(chain, undefined).header)
  expect(nextBits(chain, branch)).toBe(limit)
  const flat = testChain({ powLimitBits: limit })
  const second = branchAfter(branch, blockOf(chain, branch.parent, { bits: 0x1d00ffff }).header)
  expect(nextBits(flat, second)).toBe(limit)
  expect(nextBits(chain, second)).not.toBe(limit)
})

test('the target stays at the wanted pace, and doubles or halves for half_life_blocks of delay or lead', () => {
  const paceMs = chain.settings.blockTime * 1000
  const halfLifeMs = paceMs * chain.settings.halfLifeBlocks
  const after = (tookMs: number) => easing([START, START + tookMs], 0x1b0fffff)
  expect(after(paceMs)).toBe(1)
  expect(after(paceMs + halfLifeMs)).toBeCloseTo(2, 4)
  expect(after(paceMs - halfLifeMs)).toBeCloseTo(0.5, 4)
  expect(after(0)).toBeCloseTo(2 ** (-1 / 12), 3)
})

test('the target is never easier than the limit, whatever the timestamps claim', () => {
  const branch = branchAfter(branchAfter(undefined, blockOf(chain, undefined, { timestamp: 0 }).header), {
    ...blockOf(chain, undefined).header,
    height: 1,
    bits: 0x1d00ffff,
    timestamp: 8_640_000_000_000_000,
  })
  expect(nextBits(chain, branch)).toBe(limit)
})

test('a timestamp that lies ahead or behind gains nothing once the next one is true', () => {
  const paceMs = chain.settings.blockTime * 1000
  fc.assert(
    fc.property(fc.integer({ min: -60_000, max: 60_000 }), (lieMs) => {
      // Two steps in a row, each from the target the one before gave.
      const first = easing([START, START + paceMs + lieMs], 0x1b0fffff)
      const second = easing([START + paceMs + lieMs, START + 2 * paceMs], 0x1b0fffff)
      expect(first * second).toBeCloseTo(1, 2)
    }),
  )
})

/** Blocks in each phase, the mean of some runs. */
function counts(rule: Rule, phases: readonly Phase[], runs: number): readonly number[] {
  const all = Array.from({ length: runs }, (_, i) => simulateMining(chain, rule, phases, i + 1))
  return phases.map((_, i) => mean(all.map((run) => (run[i] as readonly Mined[]).length)))
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length
}

test('honest miners keep the wanted pace', () => {
  const [, steady = 0] = counts(nextBits, [minutes(30), minutes(300)], 3)
  expect(Math.abs(steady / 1800 - 1)).toBeLessThan(0.04)
})

test('twenty times the miners, and their leaving, cost as few blocks as with a plan', () => {
  const burst = [minutes(30), { seconds: 4000, hashesPerSecond: 20 * THREAD }, minutes(100)]
  const [, during = 0, after = 0] = counts(nextBits, burst, 8)
  expect(during).toBeGreaterThan(400)
  expect(during).toBeLessThan(500)
  expect(after).toBeGreaterThan(500)
  expect(after).toBeLessThan(600)
})

test('after a pause of eight hours the chain goes on at its pace, where a plan would be caught up with', () => {
  const pause = [minutes(60), { seconds: 8 * HOUR, hashesPerSecond: 1e-9 }, minutes(10), minutes(50)]
  const [, , soon = 0, later = 0] = counts(nextBits, pause, 5)
  expect(soon).toBeLessThan(120)
  expect(later).toBeLessThan(320)
  const [, , soonByPlan = 0, laterByPlan = 0] = counts(byPlan, pause, 1)
  expect(soonByPlan).toBeGreaterThan(600)
  expect(laterByPlan).toBeGreaterThan(2000)
})

function minutes(count: number): Phase {
  return { seconds: 60 * count, hashesPerSecond: THREAD }
}
