import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Ancestors } from '../../../src/p2p/headers/difficulty/ancestors.js'
import { bitsOfTarget, targetOfBits, writeTarget } from '../../../src/p2p/headers/difficulty/compact.js'
import { requiredBits } from '../../../src/p2p/headers/difficulty/required-bits.js'
import { workOfBits } from '../../../src/p2p/headers/difficulty/work.js'
import type { HeaderRules } from '../../../src/p2p/networks/network.js'

const LIMIT = 0x1d00ffff
const versionHeights = [0, 0, 0] as const

describe('P2P-20 header bits', () => {
  test.each([
    [0x1d00ffff, 0xffffn << 208n],
    [0x1b0404cb, 0x404cbn << 192n],
    [0x01123456, 0x12n],
    [0x02123456, 0x1234n],
    [0x03123456, 0x123456n],
    [0x04123456, 0x12345600n],
    [0x02008000, 0x80n],
    [0x05009234, 0x92340000n],
  ])('%i stand for a target', (bits, target) => {
    expect(targetOfBits(bits)).toBe(target)
  })

  test.each([
    0, 0x01003456, 0x04923456, 0x04800001, 0x1d800000, 0x21ffff00, 0x21010000, 0x23000001, 0xff123456,
  ])('%i stand for none: zero, negative, or more than 256 bits', (bits) => {
    expect(targetOfBits(bits)).toBe(0n)
    expect(workOfBits(bits)).toBe(0n)
  })

  test('are the shortest for their target', () => {
    expect([0n, 0x12n, 0x80n, 0x92340000n, 0xffffn << 208n].map(bitsOfTarget)).toEqual([
      ...[0, 0x01120000, 0x02008000, 0x05009234, 0x1d00ffff],
    ])
  })

  test('lose nothing of the first 16 digits, and stay the same when done again', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (1n << 255n) - 1n }), (target) => {
        const bits = bitsOfTarget(target)
        const back = targetOfBits(bits)
        expect(back).toBeLessThanOrEqual(target)
        expect(target - back).toBeLessThanOrEqual(target >> 15n)
        expect(bitsOfTarget(back)).toBe(bits)
        const bytes = new Uint8Array(32)
        writeTarget(bits, bytes)
        expect(BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)).toBe(back)
      }),
    )
  })

  test('of the first block mean 4,295,032,833 hashes', () => {
    expect(workOfBits(LIMIT)).toBe(4_295_032_833n)
  })
})

describe('P2P-20 the first block of a period follows from the time the last one took', () => {
  /** Blocks of Bitcoin: time of the first and last of the period, bits, and the bits that came. */
  test.each([
    [1261130161, 32255, 1262152739, 0x1d00ffff, 0x1d00d86a],
    [1231006505, 2015, 1233061996, 0x1d00ffff, 0x1d00ffff],
    [1279008237, 68543, 1279297671, 0x1c05a3f4, 0x1c0168fd],
    [1263163443, 46367, 1269211443, 0x1c387f6f, 0x1d00e1fd],
  ])('%i, height %i', (firstTime, height, lastTime, bits, expected) => {
    const ancestors = new Ancestors(height - 2015, LIMIT)
    ancestors.push(firstTime, bits)
    for (let i = 1; i < 2015; i++) ancestors.push(firstTime, bits)
    ancestors.push(lastTime, bits)
    expect(requiredBits({ powLimitBits: LIMIT, versionHeights }, ancestors, lastTime + 600)).toBe(expected)
  })
})

interface Block {
  readonly time: number
  readonly bits: number
  readonly work: bigint
}

const blockOf = (time: number, bits: number): Block => ({
  time,
  bits,
  work: (1n << 256n) / (targetOfBits(bits) + 1n),
})

/** The rules once more, in plain big numbers over a whole chain. */
function model(rules: HeaderRules, chain: readonly Block[], time: number): number {
  const height = chain.length
  const at = (index: number): Block => chain[Math.max(0, index)] ?? blockOf(0, LIMIT)
  const parent = at(height - 1)
  const limit = targetOfBits(rules.powLimitBits)
  const capped = (target: bigint) => bitsOfTarget(target > limit ? limit : target)
  const isLate = rules.minDifficultyBlocks === true && time > parent.time + 1200
  if (rules.noRetarget === true) return parent.bits
  if (rules.daaParentHeight !== undefined && height - 1 >= rules.daaParentHeight) {
    if (isLate) return rules.powLimitBits
    const middle = (end: number) => {
      const three = [end - 2, end - 1, end]
      const swap = (i: number, j: number) => {
        const [a, b] = [three[i] ?? 0, three[j] ?? 0]
        if (at(a).time > at(b).time) [three[i], three[j]] = [b, a]
      }
      swap(0, 2)
      swap(0, 1)
      swap(1, 2)
      return three[1] ?? 0
    }
    const [first, last] = [middle(height - 145), middle(height - 1)]
    let work = 0n
    for (let i = first + 1; i <= last; i++) work += at(i).work
    const seconds = Math.min(172_800, Math.max(43_200, at(last).time - at(first).time))
    return capped((1n << 256n) / ((work * 600n) / BigInt(seconds)) - 1n)
  }
  if (height % 2016 === 0) {
    const seconds = Math.min(4_838_400, Math.max(302_400, parent.time - at(height - 2016).time))
    const old = targetOfBits(rules.bip94 === true ? at(height - 2016).bits : parent.bits)
    return capped((old * BigInt(seconds)) / 1_209_600n)
  }
  if (rules.minDifficultyBlocks === true) {
    if (isLate) return rules.powLimitBits
    let index = height - 1
    while (index % 2016 !== 0 && at(index).bits === rules.powLimitBits) index--
    return at(index).bits
  }
  const { emergency } = rules
  if (emergency !== undefined && height >= emergency.first && height <= emergency.last) {
    if (parent.bits === rules.powLimitBits) return parent.bits
    const median = (end: number) =>
      chain
        .slice(end - 10, end + 1)
        .map((block) => block.time)
        .sort((a, b) => a - b)[5] ?? 0
    if (median(height - 1) - median(height - 7) < 43_200) return parent.bits
    const target = targetOfBits(parent.bits)
    return capped(target + (target >> 2n))
  }
  return parent.bits
}

describe('P2P-20 the required bits are those of a plain model', () => {
  const variants: readonly [name: string, rules: Partial<HeaderRules>][] = [
    ['without retargeting', { noRetarget: true }],
    ['every 2016 blocks', {}],
    ['with 20-minute blocks', { minDifficultyBlocks: true }],
    ['with 20-minute blocks and BIP94', { minDifficultyBlocks: true, bip94: true }],
    ['with the emergency rule', { emergency: { first: 100, last: 4100 } }],
    ['by the last 144 blocks', { daaParentHeight: 300 }],
    ['by the last 144 blocks, with 20-minute blocks', { daaParentHeight: 300, minDifficultyBlocks: true }],
  ]

  test.each(variants)('%s', (_, variant) => {
    const rules: HeaderRules = { powLimitBits: LIMIT, versionHeights, ...variant }
    const seconds = fc.oneof(
      { arbitrary: fc.integer({ min: 0, max: 1300 }), weight: 8 },
      { arbitrary: fc.integer({ min: -3000, max: 9000 }), weight: 2 },
      { arbitrary: fc.constantFrom(0, 1200, 1201, 7200), weight: 1 },
    )
    const property = fc.property(
      fc.array(seconds, { minLength: 50, maxLength: 50 }),
      fc.nat(),
      (pattern, seed) => {
        const chain: Block[] = [blockOf(1_300_000_000, LIMIT)]
        const ancestors = new Ancestors(0, LIMIT, (rules.daaParentHeight ?? Infinity) - 148)
        ancestors.push(1_300_000_000, LIMIT)
        for (let height = 1; height < 4200; height++) {
          const step = pattern[(height + (seed % 7) * Math.floor(height / 50)) % 50] ?? 600
          const time = (chain.at(-1)?.time ?? 0) + step
          const bits = requiredBits(rules, ancestors, time)
          const expected = model(rules, chain, time)
          if (bits !== expected) expect([height, bits]).toEqual([height, expected])
          chain.push(blockOf(time, bits))
          ancestors.push(time, bits)
        }
        expect(ancestors.height).toBe(4199)
      },
    )
    fc.assert(property, { numRuns: 3 })
  })
})

test('P2P-20 a time is after the median of eleven when it is after more than half of them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 30 }), (times) => {
      const ancestors = new Ancestors(0, LIMIT)
      for (const time of times) ancestors.push(time, LIMIT)
      const last = times.slice(-11).sort((a, b) => a - b)
      const median = last[last.length >> 1] ?? 0
      expect(ancestors.medianTimePast(times.length - 1)).toBe(median)
      for (let time = 0; time <= 31; time++) expect(ancestors.isAfterMedian(time)).toBe(time > median)
    }),
  )
})
