import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createBatchHasher, MAX_BATCH } from '../../../src/p2p/hashing/batch-hasher.js'
import { sha256d, toDisplay } from '../../../src/p2p/hash.js'

const GENESIS = Buffer.from(
  `01000000${'00'.repeat(32)}3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c`,
  'hex',
)

describe.each(['simd', 'node'] as const)('P2P-20 the %s hasher', (kind) => {
  const hasher = createBatchHasher(kind)

  test('gives the first block of Bitcoin the hash that everybody knows', () => {
    const { hashes, count } = hasher.hash(GENESIS, 1, 80)
    expect(count).toBe(1)
    expect(toDisplay(hashes)).toBe('000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f')
  })

  test('gives what node:crypto gives, for any number of headers at either stride', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 81, maxLength: 81 * 23 }),
        fc.constantFrom(80 as const, 81 as const),
        (bytes, stride) => {
          const count = Math.floor(bytes.length / stride)
          const { raw, hashes } = hasher.hash(bytes, count, stride)
          for (let i = 0; i < count; i++) {
            const header = bytes.slice(i * stride, i * stride + 80)
            expect(raw.slice(i * 80, (i + 1) * 80)).toEqual(header)
            expect(Buffer.from(hashes.slice(i * 32, (i + 1) * 32))).toEqual(Buffer.from(sha256d(header)))
          }
          expect([raw.length, hashes.length]).toEqual([80 * count, 32 * count])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('takes none, a full batch, and no more', () => {
    expect(hasher.hash(new Uint8Array(0), 0, 80)).toMatchObject({ count: 0, hashes: new Uint8Array(0) })
    const bytes = new Uint8Array(MAX_BATCH * 81).fill(7)
    const { hashes } = hasher.hash(bytes, MAX_BATCH, 81)
    expect(hashes.slice(-32)).toEqual(new Uint8Array(sha256d(new Uint8Array(80).fill(7))))
    expect(() => hasher.hash(new Uint8Array((MAX_BATCH + 1) * 80), MAX_BATCH + 1, 80)).toThrow(RangeError)
  })
})
