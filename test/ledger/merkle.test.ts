import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { merklePath, merkleRoot } from '../../src/ledger/merkle.js'
import { type MerkleProof, verifyMerkleProof } from '../../src/ledger/merkle-proof.js'
import { vectors } from './fixtures.js'

interface TreeVector {
  readonly count: number
  readonly root: string
  readonly paths: string[][]
}

const { ids, trees } = vectors('merkle') as { ids: string[]; trees: TreeVector[] }

test.each(trees)('$count ids have their root, and every id its path', ({ count, root, paths }) => {
  const list = ids.slice(0, count)
  expect(merkleRoot(list)).toBe(root)
  expect(list.map((_, index) => merklePath(list, index))).toEqual(paths)
})

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('hex'))
const hashes = fc.uniqueArray(hash, { minLength: 1, maxLength: 40 })

function proofOf(list: readonly string[], index: number): MerkleProof {
  return { transactionId: list[index] as string, index, path: merklePath(list, index) }
}

test('the path of every id proves it, at its place and at no other', () => {
  fc.assert(
    fc.property(hashes, fc.nat(), fc.nat(), (list, a, b) => {
      const [index, other] = [a % list.length, b % list.length]
      const commitment = { merkleRoot: merkleRoot(list), transactionCount: list.length }
      const proof = proofOf(list, index)
      expect(verifyMerkleProof(proof, commitment)).toBe(true)
      expect(verifyMerkleProof({ ...proof, index: other }, commitment)).toBe(index === other)
      expect(verifyMerkleProof(proofOf(list, other), commitment)).toBe(true)
    }),
  )
})

test('a proof with anything changed does not hold', () => {
  fc.assert(
    fc.property(hashes, fc.nat(), hash, (list, at, stranger) => {
      fc.pre(!list.includes(stranger))
      const commitment = { merkleRoot: merkleRoot(list), transactionCount: list.length }
      const proof = proofOf(list, at % list.length)
      const wrong: MerkleProof[] = [
        { ...proof, transactionId: stranger },
        { ...proof, path: [...proof.path, stranger] },
        ...proof.path.map((_, i) => ({
          ...proof,
          path: proof.path.map((each, j) => (i === j ? stranger : each)),
        })),
        ...proof.path.map((_, i) => ({ ...proof, path: proof.path.filter((_each, j) => i !== j) })),
      ]
      expect(wrong.filter((each) => verifyMerkleProof(each, commitment))).toEqual([])
      expect(verifyMerkleProof(proof, { ...commitment, merkleRoot: stranger })).toBe(false)
    }),
  )
})

test('a list whose end is repeated has another root (CVE-2012-2459)', () => {
  fc.assert(
    fc.property(hashes, fc.nat(), (list, at) => {
      const repeated = [...list, ...list.slice(at % list.length)]
      expect(merkleRoot(repeated)).not.toBe(merkleRoot(list))
    }),
  )
})

test('an inner node does not pass for a leaf (64-byte leaf trick)', () => {
  const list = ids.slice(0, 4)
  const inner = merklePath(list, 0)[1] as string
  const commitment = { merkleRoot: merkleRoot(list), transactionCount: 2 }
  const path = [merklePath(list, 2)[1] as string]
  expect(verifyMerkleProof({ transactionId: inner, index: 1, path }, commitment)).toBe(false)
})

test('what is malformed proves nothing', () => {
  const commitment = { merkleRoot: merkleRoot(ids.slice(0, 2)), transactionCount: 2 }
  const proof = proofOf(ids.slice(0, 2), 0)
  const malformed: MerkleProof[] = [
    { ...proof, transactionId: 'zz'.repeat(32) },
    { ...proof, transactionId: proof.transactionId.toUpperCase() },
    { ...proof, path: [''] },
    { ...proof, index: -1 },
    { ...proof, index: 0.5 },
    { ...proof, index: 2 },
  ]
  expect(malformed.filter((each) => verifyMerkleProof(each, commitment))).toEqual([])
  expect(verifyMerkleProof(proof, { ...commitment, transactionCount: NaN })).toBe(false)
  expect(verifyMerkleProof(proof, { ...commitment, transactionCount: 2 ** 40 })).toBe(false)
})
