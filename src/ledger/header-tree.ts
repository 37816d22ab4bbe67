import type { BlockHeader } from './block.js'
import type { Branch } from './check-header-in-branch.js'
import { compactToTarget, workOfTarget } from './difficulty.js'
import { assert } from '../base/errors.js'
import { ensure } from './shape.js'
import { MEDIAN_SPAN } from './timestamps.js'

/** A header the node knows and what fork choice needs besides. */
export interface TreeEntry {
  readonly header: BlockHeader
  /** Hashes that the branch up to and with this header stands for. */
  readonly work: bigint
  /** When the node came to know the header, later the whole block: counts up, no two alike. */
  readonly sequence: number
  /** Whether the node holds the whole block. Its parent's is held, too. */
  readonly hasBody: boolean
  /** itself: breaks a rule, or was put aside by hand; ancestor: follows such a block. Absent while nothing is wrong. */
  readonly invalid?: 'itself' | 'ancestor'
}

/** All headers the node knows, of all branches. */
export interface HeaderTree {
  entry(hash: string): TreeEntry | undefined
  /** Hashes of the entries that no other follows, in any order. */
  tips(): Iterable<string>
}

/** What a new header writes: the entry, the tip it is, and the tip its parent may have been. */
export interface TreeGrowth {
  readonly entry: TreeEntry
  readonly tip: string
  readonly formerTip: string
}

/**
 * The branch that a header is to follow, to check it against; undefined for block 0. @throws {RuleError} when the
 * parent is not known.
 */
export function branchBelow(tree: HeaderTree, header: BlockHeader): Branch | undefined {
  if (header.height === 0) return undefined
  const parent = tree.entry(header.previousHash)
  ensure(parent !== undefined, 'FORK-1', 'the parent is not known')
  return branchAt(tree, parent.header)
}

/** The branch that ends with `parent`, as the next header meets it. */
export function branchAt(tree: HeaderTree, parent: BlockHeader): Branch {
  const timestamps = [parent.timestamp]
  for (let at = parent; at.height > 0 && timestamps.length < MEDIAN_SPAN;) {
    at = requireEntry(tree, at.previousHash).header
    timestamps.unshift(at.timestamp)
  }
  return { parent, timestamps }
}

/** Branch of the header after `header`, which follows `branch`: to check many headers in a row without look-ups. */
export function branchAfter(branch: Branch | undefined, header: BlockHeader): Branch {
  return { parent: header, timestamps: [...(branch?.timestamps ?? []), header.timestamp].slice(-MEDIAN_SPAN) }
}

/**
 * Puts a header that was checked against its branch into the tree. `sequence` is the next unused number.
 * @throws {RuleError}
 */
export function growTree(tree: HeaderTree, header: BlockHeader, sequence: number): TreeGrowth {
  const parent = header.height === 0 ? undefined : tree.entry(header.previousHash)
  ensure(header.height === 0 || parent !== undefined, 'FORK-1', 'the parent is not known')
  ensure(!parent?.invalid, 'FORK-2', 'the parent is invalid')
  return growthOf(header, parent, sequence)
}

/**
 * {@link growTree} for a header that is put aside (`itself`), or follows one that is (`ancestor`), and stays so until it is
 * reconsidered (FORK-10). @throws {RuleError} when the parent is not known.
 */
export function growAside(
  tree: HeaderTree,
  header: BlockHeader,
  sequence: number,
  invalid: NonNullable<TreeEntry['invalid']>,
): TreeGrowth {
  const parent = header.height === 0 ? undefined : tree.entry(header.previousHash)
  ensure(header.height === 0 || parent !== undefined, 'FORK-1', 'the parent is not known')
  const growth = growthOf(header, parent, sequence)
  return { ...growth, entry: { ...growth.entry, invalid } }
}

function growthOf(header: BlockHeader, parent: TreeEntry | undefined, sequence: number): TreeGrowth {
  const work = (parent?.work ?? 0n) + workOf(header)
  const entry = { header, work, sequence, hasBody: false }
  return { entry, tip: header.hash, formerTip: header.previousHash }
}

/** The entry once its whole block is there, after those of its ancestors. `sequence` is the next unused number. */
export function acceptBody(tree: HeaderTree, hash: string, sequence: number): TreeEntry {
  const entry = requireEntry(tree, hash)
  const parent = parentOf(tree, entry)
  assert(!parent || parent.hasBody, 'blocks are taken in after their parents')
  return { ...entry, hasBody: true, sequence }
}

/** Hashes a header stands for on average. */
export function workOf(header: BlockHeader): bigint {
  const target = compactToTarget(header.bits)
  assert(target !== undefined, 'a decoded header has canonical bits')
  return workOfTarget(target)
}

/** @throws {AssertError} when the tree lacks what it must hold. */
export function requireEntry(tree: HeaderTree, hash: string): TreeEntry {
  const entry = tree.entry(hash)
  assert(entry, `the header tree lacks ${hash}`)
  return entry
}

/** The chain's entry below this one; undefined for block 0. */
export function parentOf(tree: HeaderTree, { header }: TreeEntry): TreeEntry | undefined {
  return header.height === 0 ? undefined : requireEntry(tree, header.previousHash)
}
