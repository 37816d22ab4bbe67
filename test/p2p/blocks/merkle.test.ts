import { expect, test } from '@jest/globals'
import { MerkleTree } from '../../../src/p2p/blocks/merkle.js'
import { createMessageHasher, MAX_HASHES, type MessageHasher } from '../../../src/p2p/hashing/message-hasher.js'
import { joined, noise } from './kit/bytes.js'
import { rootOf } from './kit/make-block.js'

const hashers = (['simd', 'node'] as const).map((kind) => createMessageHasher(kind))

/** Given so many hashes at a time. */
function tree(hashes: readonly Uint8Array[], step = 1, hasher = hashers[0] as MessageHasher): MerkleTree {
  const merkle = new MerkleTree(hasher)
  for (let i = 0; i < hashes.length; i += step) merkle.add(joined(hashes.slice(i, i + step)))
  return merkle
}

test('the root is that of the definition, for any number of hashes', () => {
  for (let count = 1; count <= 70; count++) {
    const hashes = Array.from({ length: count }, (_, i) => noise(32, i))
    for (const hasher of hashers)
      for (const step of [1, 3, 4, 32, 70]) {
        const merkle = tree(hashes, step, hasher)
        expect(merkle.count).toBe(count)
        expect(merkle.root()).toEqual(rootOf(hashes))
        expect(merkle.hasTwins).toBe(false)
      }
  }
})

test('hashes repeated so that the root stays as it is are noticed (CVE-2012-2459)', () => {
  const hashes = Array.from({ length: 6 }, (_, i) => noise(32, i))
  const repeated = [...hashes, ...hashes.slice(4)]
  const merkle = tree(repeated)
  expect(merkle.root()).toEqual(rootOf(hashes))
  expect(merkle.hasTwins).toBe(true)
})

test('more hashes than are joined at once have the root of the definition', () => {
  const hashes = Array.from({ length: 2 * MAX_HASHES + 77 }, (_, i) => noise(32, i))
  const root = rootOf(hashes)
  for (const hasher of hashers)
    for (const step of [hashes.length, MAX_HASHES, 1001]) expect(tree(hashes, step, hasher).root()).toEqual(root)
})

test('twins are noticed on every level', () => {
  for (const [count, repeat] of [ [3, 1], [5, 1], [6, 2], [10, 2], [12, 4], [7, 1]] as const) {
    const hashes = Array.from({ length: count }, (_, i) => noise(32, i))
    for (const step of [1, 3, 16]) {
      const merkle = tree([...hashes, ...hashes.slice(-repeat)], step)
      expect(merkle.root()).toEqual(rootOf(hashes))
      expect(merkle.hasTwins).toBe(true)
    }
  }
})
