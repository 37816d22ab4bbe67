import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { assert } from '../base/errors.js'
import { runSteps, type Steps } from '../base/steps.js'
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
  return runSteps(merkleRootInSteps(ids))
}

/** {@link merkleRoot} in steps. */
export function* merkleRootInSteps(ids: readonly string[]): Steps<string> {
  const [root] = (yield* merkleLevels(ids)).at(-1) ?? []
  assert(root, 'a merkle tree has at least one leaf')
  return bytesToHex(root)
}

/** What leads from the id at `index` to the root: the neighbours on the way up as hex digits, leaves first. */
export function merklePath(ids: readonly string[], index: number): readonly string[] {
  return runSteps(merklePathInSteps(ids, index))
}

/** {@link merklePath} in steps. */
export function* merklePathInSteps(ids: readonly string[], index: number): Steps<readonly string[]> {
  assert(index >= 0 && index < ids.length, 'the path of an id that is in the list')
  const levels = yield* merkleLevels(ids)
  return levels.flatMap((level, height) => {
    const neighbour = level[(index >>> height) ^ 1]
    return neighbour ? [bytesToHex(neighbour)] : []
  })
}

/** The root over a list whose first id is `id` and whose path from there is `path`. */
export function merkleRootFromFirst(id: string, path: readonly string[]): string {
  return bytesToHex(path.reduce((hash, neighbour) => merkleNode(hash, hexToBytes(neighbour)), merkleLeaf(id)))
}

/** Hashes in one step. */
const STEP = 64

/** All levels of the tree, from the leaves to the root. */
function* merkleLevels(ids: readonly string[]): Steps<readonly (readonly Uint8Array[])[]> {
  const leaves: Uint8Array[] = []
  for (const id of ids) {
    leaves.push(merkleLeaf(id))
    if (leaves.length % STEP === 0) yield
  }
  const levels = [leaves]
  for (let level = leaves; level.length > 1;) {
    level = yield* joinNeighbours(level)
    levels.push(level)
  }
  return levels
}

function* joinNeighbours(level: readonly Uint8Array[]): Steps<Uint8Array[]> {
  const joined: Uint8Array[] = []
  for (let i = 0; i < level.length; i += 2) {
    if (i % (2 * STEP) === 0) yield
    const [left, right] = [level[i] as Uint8Array, level[i + 1]]
    joined.push(right ? merkleNode(left, right) : left)
  }
  return joined
}
