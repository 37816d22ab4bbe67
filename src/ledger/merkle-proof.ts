import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { MAX_U32 } from './shape.js'
import { merkleLeaf, merkleNode } from './merkle.js'

/** Shows that a transaction stands in a block, to somebody who knows only the block's header. */
export interface MerkleProof {
  /** 64 hex digits. */
  readonly transactionId: string
  /** Its place in the block, from 0. */
  readonly index: number
  /** The neighbours on the way from the leaf to the root, 64 hex digits each (`merklePath`). */
  readonly path: readonly string[]
}

/** What the proof is held against: two fields of a header that is trusted. */
export interface MerkleCommitment {
  readonly merkleRoot: string
  readonly transactionCount: number
}

const HASH = /^[0-9a-f]{64}$/

/** Whether the proof holds. Takes anything: what is malformed does not hold. */
export function verifyMerkleProof(
  proof: MerkleProof,
  { merkleRoot, transactionCount }: MerkleCommitment,
): boolean {
  const { transactionId, index, path } = proof
  if (!Number.isInteger(transactionCount) || transactionCount > MAX_U32) return false
  if (!Number.isInteger(index) || index < 0 || index >= transactionCount) return false
  if (!HASH.test(transactionId) || !path.every((each) => HASH.test(each))) return false
  const root = climb(merkleLeaf(transactionId), index, transactionCount, path.map(hexToBytes))
  return root !== undefined && bytesToHex(root) === merkleRoot
}

/** The root that leaf and path lead to; undefined when the path has not the length the count demands. */
function climb(
  leaf: Uint8Array,
  index: number,
  count: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  let hash = leaf
  let used = 0
  for (let width = count, place = index; width > 1; width = Math.ceil(width / 2), place >>>= 1) {
    if (place === width - 1 && place % 2 === 0) continue
    const neighbour = path[used++]
    if (!neighbour) return undefined
    hash = place % 2 === 0 ? merkleNode(hash, neighbour) : merkleNode(neighbour, hash)
  }
  return used === path.length ? hash : undefined
}
