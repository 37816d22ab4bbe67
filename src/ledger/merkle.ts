import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { assert } from '../base/errors.js'
import { sha256After } from './sha256.js'

const hashLeaf = sha256After(Uint8Array.of(0))
const hashNode = sha256After(Uint8Array.of(1))

/** The hash an id enters the tree with. Its first byte keeps leaves and inner nodes apart. */
export function merkleLeaf(id: string): Uint8Array {
  return hashLeaf(hexToBytes(id))
}

export function merkleNode(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hashNode(left, right)
}

/**
 * The root over at least one id (64 hex digits each), as hex digits. On every level neighbours are joined; a last one
 * without a neighbour moves up as it is, so that no two lists share a root.
 */
export function merkleRoot(ids: readonly string[]): string {
  const [root] = merkleLevels(ids).at(-1) ?? []
  assert(root, 'a merkle tree has at least one leaf')
  return bytesToHex(root)
}

/** What leads from the id at `index` to the root: the neighbours on the way up as hex digits, leaves first. */
export function merklePath(ids: readonly string[], index: number): readonly string[] {
  assert(index >= 0 && index < ids.length, 'the path of an id that is in the list')
  return merkleLevels(ids).flatMap((level, height) => {
    const neighbour = level[(index >>> height) ^ 1]
    return neighbour ? [bytesToHex(neighbour)] : []
  })
}

/** All levels of the tree, from the leaves to the root. */
function merkleLevels(ids: readonly string[]): readonly (readonly Uint8Array[])[] {
  const levels = [ids.map(merkleLeaf)]
  for (let level = levels[0] ?? []; level.length > 1;) {
    level = joinNeighbours(level)
    levels.push(level)
  }
  return levels
}

function joinNeighbours(level: readonly Uint8Array[]): Uint8Array[] {
  const joined: Uint8Array[] = []
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i] as Uint8Array, level[i + 1]]
    joined.push(right ? merkleNode(left, right) : left)
  }
  return joined
}
