import { expect, test } from '@jest/globals'
import { MerkleTree } from '../../../src/p2p/blocks/merkle.js'
import { createMessageHasher } from '../../../src/p2p/hashing/message-hasher.js'
import { noise } from './kit/bytes.js'
import { rootOf } from './kit/make-block.js'

function tree(hashes: readonly Uint8Array[]): MerkleTree {
  const merkle = new MerkleTree(createMessageHasher('simd'))
  for (const hash of hashes) merkle.add(hash)
  return merkle
}

test('the root is that of the definition, for any number of hashes', () => {
  for (let count = 1; count <= 70; count++) {
    const hashes = Array.from({ length: count }, (_, i) => noise(32, i))
    const merkle = tree(hashes)
    expect(merkle.root()).toEqual(rootOf(hashes))
    expect(merkle.hasTwins).toBe(false)
  }
})

test('hashes repeated so that the root stays as it is are noticed (CVE-2012-2459)', () => {
  const hashes = Array.from({ length: 6 }, (_, i) => noise(32, i))
  const repeated = [...hashes, ...hashes.slice(4)]
  const merkle = tree(repeated)
  expect(merkle.root()).toEqual(rootOf(hashes))
  expect(merkle.hasTwins).toBe(true)
})

test('twins are noticed on every level', () => {
  for (const [count, repeat] of [ [3, 1], [5, 1], [6, 2], [10, 2], [12, 4], [7, 1]] as const) {
    const hashes = Array.from({ length: count }, (_, i) => noise(32, i))
    const merkle = tree([...hashes, ...hashes.slice(-repeat)])
    expect(merkle.root()).toEqual(rootOf(hashes))
    expect(merkle.hasTwins).toBe(true)
  }
})
