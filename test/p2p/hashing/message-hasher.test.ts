import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  createMessageHasher,
  MAX_HASHES,
  MAX_MESSAGE_BYTES,
  MESSAGES_BYTES,
} from '../../../src/p2p/hashing/message-hasher.js'
import { sha256d } from '../../../src/p2p/hash.js'
import { noise } from '../blocks/kit/bytes.js'

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()
const edges = [0, 1, 55, 56, 57, 63, 64, 65, 118, 119, 120, 121, 127, 128, 129, 183, 184, 247, 248]
const lengths = fc.array(fc.oneof(fc.constantFrom(...edges), fc.integer({ min: 0, max: 2000 })), {
  maxLength: 40,
})

describe.each(['simd', 'node'] as const)('the %s hasher of messages', (kind) => {
  const hasher = createMessageHasher(kind)
  const place = (index: number): number => (1 + index) * 32
  const hashAt = (index: number): Buffer => hasher.hashes.subarray(place(index), place(index + 1))
  const write = (index: number, hash: Uint8Array): void => hasher.hashes.set(hash, place(index))

  test('hashes messages of any lengths, packed closely, as node:crypto does', () => {
    const gap = fc.integer({ min: 0, max: 3 })
    fc.assert(
      fc.property(lengths, gap, fc.integer(), (sizes, between, seed) => {
        hasher.messages.fill(0xaa)
        let at = 0
        const expected = sizes.map((size, i) => {
          const message = noise(size, seed + i)
          hasher.messages.set(message, at)
          hasher.digest(sizes.length - 1 - i, at, size)
          at += size + between
          return Buffer.from(sha256(message)).toString('hex')
        })
        hasher.flush()
        expect(sizes.map((_, i) => hashAt(sizes.length - 1 - i).toString('hex'))).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  test('hashes every length around the edges of blocks beside every other', () => {
    hasher.messages.set(noise(2000, 3))
    for (const a of edges)
      for (const b of edges) {
        ;[a, b, 2000 - b, a, b].forEach((length, index) => hasher.digest(index, 0, length))
        hasher.flush()
        ;[a, b, 2000 - b, a, b].forEach((length, index) =>
          expect(hashAt(index).equals(sha256(hasher.messages.subarray(0, length)))).toBe(true),
        )
      }
  })

  test('takes the longest message at the very end of its memory, and none that is longer', () => {
    const at = MESSAGES_BYTES - MAX_MESSAGE_BYTES
    hasher.messages.set(noise(MAX_MESSAGE_BYTES, 5), at)
    hasher.digest(0, at, MAX_MESSAGE_BYTES)
    hasher.digest(1, MESSAGES_BYTES - 1, 1)
    hasher.flush()
    expect(hashAt(0).equals(sha256(hasher.messages.subarray(at)))).toBe(true)
    expect(hashAt(1).equals(sha256(hasher.messages.subarray(-1)))).toBe(true)
    expect(() => hasher.digest(0, 0, MAX_MESSAGE_BYTES + 1)).toThrow(RangeError)
  })

  test('holds as many as it says, however often they are given', () => {
    hasher.messages.set(noise(100, 6))
    for (let i = 0; i < MAX_HASHES + 5; i++) hasher.digest(i % MAX_HASHES, i % 50, i % 40)
    hasher.flush()
    for (const i of [0, 4, 5, 2000, MAX_HASHES - 1]) {
      const given = i < 5 ? i + MAX_HASHES : i
      const message = hasher.messages.subarray(given % 50, (given % 50) + (given % 40))
      expect(hashAt(i).equals(sha256(message))).toBe(true)
    }
  })

  test('hashes digests once more, and pairs of them twice, from before the first or from the first on', () => {
    for (const count of [0, 1, 2, 3, 4, 5, 63, MAX_HASHES / 2]) {
      const digests = Array.from({ length: 2 * count + 1 }, (_, i) => noise(32, i))
      digests.slice(0, count).forEach((digest, i) => write(i, digest))
      hasher.rehash(count)
      for (let i = 0; i < count; i++) expect(hashAt(i).equals(sha256(digests[i] as Uint8Array))).toBe(true)
      for (const first of [-1, 0] as const) {
        const given = digests.slice(0, 2 * count)
        given.forEach((digest, i) => write(first + i, digest))
        hasher.joinPairs(first, count)
        for (let i = 0; i < count; i++)
          expect(hashAt(i).equals(sha256d(Buffer.concat(given.slice(2 * i, 2 * i + 2))))).toBe(true)
      }
    }
  })
})
