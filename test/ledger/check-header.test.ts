import { expect, test } from '@jest/globals'
import type { BlockHeader, HeaderFields } from '../../src/ledger/block.js'
import { type Chain, chainOf } from '../../src/ledger/chain.js'
import { checkHeader } from '../../src/ledger/check-header.js'
import { checkHeaderInBranch } from '../../src/ledger/check-header-in-branch.js'
import { nextBits } from '../../src/ledger/retarget.js'
import { sealHeader } from '../../src/ledger/header.js'
import { chain, ruleBrokenBy, settings } from './fixtures.js'

const genesis: HeaderFields = {
  version: 1,
  height: 0,
  previousHash: chain.id,
  merkleRoot: '00'.repeat(32),
  transactionCount: 1,
  timestamp: settings.genesisTime,
  bits: settings.powLimitBits,
  nonce: '',
}

function broken(header: BlockHeader, on: Chain = chain): string | undefined {
  return ruleBrokenBy(() => checkHeader(header, on))
}

/** The header with the first nonce whose check breaks `rule` (none: a valid one). */
function mined(fields: HeaderFields, rule?: string): BlockHeader {
  for (let nonce = 0; ; nonce++) {
    const header = sealHeader({ ...fields, nonce: nonce.toString(16).padStart(16, '0') })
    if (broken(header) === rule) return header
  }
}

test('HDR-12 is broken by a target that is easier than the pow limit', () => {
  const strict = chainOf({ ...settings, powLimitBits: 0x207ffffe })
  expect(broken(mined(genesis), strict)).toBe('HDR-12')
})

test('HDR-13 is broken by a hash above the target, and kept by one below', () => {
  const [lucky, unlucky] = [mined(genesis), mined(genesis, 'HDR-13')]
  expect(lucky.hash < '80').toBe(true)
  expect(unlucky.hash >= '7f').toBe(true)
})

test('HDR-14 is broken by a block 0 of another chain', () => {
  expect(mined({ ...genesis, previousHash: '00'.repeat(32) }, 'HDR-14').height).toBe(0)
})

test('HDR-15 is broken by a block 0 from before the time of its chain', () => {
  expect(mined({ ...genesis, timestamp: settings.genesisTime - 1 }, 'HDR-15').height).toBe(0)
})

test('HDR-14 and HDR-15 say nothing about later blocks', () => {
  const later = { ...genesis, height: 1, previousHash: '00'.repeat(32), timestamp: 0 }
  expect(broken(mined(later))).toBeUndefined()
})

const NOW = settings.genesisTime + 10_000_000
const parent = mined(genesis)
const branch = { parent, timestamps: [parent.timestamp] }
const child: HeaderFields = {
  ...genesis,
  height: 1,
  previousHash: parent.hash,
  timestamp: parent.timestamp + 1,
  bits: nextBits(chain, branch),
}

function brokenIn(changes: Partial<HeaderFields>, at: typeof branch | undefined = branch, nowMs = NOW) {
  return ruleBrokenBy(() =>
    checkHeaderInBranch(sealHeader({ ...child, nonce: '00'.repeat(8), ...changes }), at, chain, nowMs),
  )
}

test('a child one millisecond later with the bits of the pace keeps every rule', () => {
  expect(brokenIn({})).toBeUndefined()
})

test('HDR-16 is broken by another height or another parent', () => {
  expect(brokenIn({ height: 2 })).toBe('HDR-16')
  expect(brokenIn({ previousHash: '00'.repeat(32) })).toBe('HDR-16')
  expect(ruleBrokenBy(() => checkHeaderInBranch(parent, undefined, chain, NOW))).toBeUndefined()
  expect(
    ruleBrokenBy(() =>
      checkHeaderInBranch(sealHeader({ ...child, nonce: '00'.repeat(8) }), undefined, chain, NOW),
    ),
  ).toBe('HDR-16')
})

test('HDR-17 is broken by a timestamp that is not later than the median time past', () => {
  const timestamps = [5, 1, 9, 3, 7].map((each) => parent.timestamp + each)
  expect(brokenIn({ timestamp: parent.timestamp + 5 }, { parent, timestamps })).toBe('HDR-17')
  const bits = nextBits(chain, { parent, timestamps })
  expect(brokenIn({ timestamp: parent.timestamp + 6, bits }, { parent, timestamps })).toBeUndefined()
})

test('HDR-18 is broken by a target that the pace of the branch does not ask for', () => {
  const hasty = { parent, timestamps: [parent.timestamp, parent.timestamp + 1] }
  const timestamp = parent.timestamp + 2
  expect(nextBits(chain, hasty)).not.toBe(settings.powLimitBits)
  expect(brokenIn({ timestamp, bits: nextBits(chain, hasty) }, hasty)).toBeUndefined()
  expect(brokenIn({ timestamp, bits: settings.powLimitBits }, hasty)).toBe('HDR-18')
})

test('HDR-19 is broken by a timestamp too far ahead of the clock', () => {
  const timestamp = NOW + settings.maxFutureMs
  expect(brokenIn({ timestamp })).toBeUndefined()
  expect(brokenIn({ timestamp: timestamp + 1 })).toBe('HDR-19')
  expect(brokenIn({ timestamp: timestamp + 1 }, branch, NOW + 1)).toBeUndefined()
})
