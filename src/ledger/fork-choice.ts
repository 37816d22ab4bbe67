import { assert } from '../base/errors.js'
import { type HeaderTree, parentOf, requireEntry, type TreeEntry, workOf } from './header-tree.js'
import { ensure } from './shape.js'

/** Whether the chain should end in `a` rather than in `b`: more work (FORK-4), known earlier on a tie (FORK-5). */
export function isBetter(a: TreeEntry, b: TreeEntry | undefined): boolean {
  if (!b || a.work !== b.work) return !b || a.work > b.work
  return a.sequence < b.sequence
}

/** The end of the chain: the best entry whose whole branch is held and valid (FORK-6). Undefined while there is none. */
export function bestBlock(tree: HeaderTree): TreeEntry | undefined {
  return bestOf(tree, (entry) => entry.hasBody && !entry.invalid)
}

/** The best header whose branch is not known to be invalid, blocks held or not: what to download towards. */
export function bestHeader(tree: HeaderTree): TreeEntry | undefined {
  return bestOf(tree, (entry) => !entry.invalid)
}

/** Walks down from every tip to the first eligible entry: what is not eligible lies on top of what is. */
function bestOf(tree: HeaderTree, isEligible: (entry: TreeEntry) => boolean): TreeEntry | undefined {
  let best: TreeEntry | undefined
  for (const hash of tree.tips()) {
    let entry: TreeEntry | undefined = requireEntry(tree, hash)
    while (entry && !isEligible(entry)) entry = parentOf(tree, entry)
    if (entry && isBetter(entry, best)) best = entry
  }
  return best
}

/** How to come from one end of the chain to another (FORK-9). */
export interface ReorgPath {
  /** Hash of the last block both have; undefined when they have none. */
  readonly forkPoint: string | undefined
  /** Hashes of the blocks to take off, the tip first. */
  readonly disconnect: readonly string[]
  /** Hashes of the blocks to put on, the lowest first. */
  readonly connect: readonly string[]
}

/** Undefined stands for the end of an empty chain. */
export function reorgPath(
  tree: HeaderTree,
  from: TreeEntry | undefined,
  to: TreeEntry | undefined,
): ReorgPath {
  const disconnect: string[] = []
  const connect: string[] = []
  let off = from
  let on = to
  while (off?.header.hash !== on?.header.hash) {
    const offHeight: number = off?.header.height ?? -1
    const onHeight: number = on?.header.height ?? -1
    if (off && offHeight >= onHeight) {
      disconnect.push(off.header.hash)
      off = parentOf(tree, off)
    }
    if (on && onHeight >= offHeight) {
      connect.push(on.header.hash)
      on = parentOf(tree, on)
    }
  }
  return { forkPoint: on?.header.hash, disconnect, connect: connect.reverse() }
}

/** One end of the tree, as people are shown it. */
export interface Tip {
  readonly hash: string
  readonly height: number
  /** Blocks since the branch left the chain; 0 for the chain's own end. */
  readonly branchLength: number
  /** active: the chain's end; valid: held and not known to be wrong; headers: blocks are missing; invalid. */
  readonly status: 'active' | 'valid' | 'headers' | 'invalid'
}

/**
 * The ends of all branches and that of the chain, the highest first. `activeHash` tells the chain's block at a height.
 */
export function tipsOf(
  tree: HeaderTree,
  best: TreeEntry | undefined,
  activeHash: (height: number) => string | undefined,
): readonly Tip[] {
  const hashes = new Set(tree.tips())
  if (best) hashes.add(best.header.hash)
  const tips = [...hashes].map((hash) => tipOf(tree, requireEntry(tree, hash), best, activeHash))
  return tips.sort((a, b) => b.height - a.height || (a.hash < b.hash ? -1 : 1))
}

function tipOf(
  tree: HeaderTree,
  entry: TreeEntry,
  best: TreeEntry | undefined,
  activeHash: (height: number) => string | undefined,
): Tip {
  const { hash, height } = entry.header
  let at: TreeEntry | undefined = entry
  while (at && activeHash(at.header.height) !== at.header.hash) at = parentOf(tree, at)
  const branchLength = height - (at?.header.height ?? -1)
  return { hash, height, branchLength, status: statusOf(entry, best) }
}

function statusOf(entry: TreeEntry, best: TreeEntry | undefined): Tip['status'] {
  if (entry.header.hash === best?.header.hash) return 'active'
  if (entry.invalid) return 'invalid'
  return entry.hasBody ? 'valid' : 'headers'
}

/**
 * Throws when headers are not worth keeping: nearly free headers far below the tip could fill the disk. `work` is that
 * of the whole branch with all its headers at hand, kept or not; `maxDepth` counts blocks of the best one's own target
 * that a branch may lie behind. @throws {RuleError}
 */
export function checkBranchWork(work: bigint, best: TreeEntry | undefined, maxDepth: number): void {
  ensure(isBranchWorth(work, best, maxDepth), 'FORK-3', 'a branch of too little work')
}

/** What {@link checkBranchWork} throws on, as a question. */
export function isBranchWorth(work: bigint, best: TreeEntry | undefined, maxDepth: number): boolean {
  if (!best) return true
  assert(Number.isSafeInteger(maxDepth) && maxDepth >= 0, 'maxDepth counts blocks')
  return work >= best.work - BigInt(maxDepth) * workOf(best.header)
}
