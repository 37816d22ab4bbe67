import { type HeaderTree, parentOf, requireEntry, type TreeEntry } from './header-tree.js'

/** Marks a block and all that follow it (FORK-7). Returns the entries to write; none when nothing changes. */
export function invalidate(tree: HeaderTree, hash: string): readonly TreeEntry[] {
  const root = requireEntry(tree, hash)
  const followers = descendants(tree, root).filter((entry) => !entry.invalid)
  const marked = followers.map((entry) => mark(entry, 'ancestor'))
  return root.invalid === 'itself' ? marked : [mark(root, 'itself'), ...marked]
}

/**
 * Gives a block, all below it and all that follow it another chance (FORK-8): one that breaks a rule breaks it again
 * when it is connected. Returns the entries to write.
 */
export function reconsider(tree: HeaderTree, hash: string): readonly TreeEntry[] {
  const target = requireEntry(tree, hash)
  const root = lowestInvalid(tree, target)
  const cleared = new Set<string>()
  for (let at: TreeEntry | undefined = target; at?.invalid; at = parentOf(tree, at))
    cleared.add(at.header.hash)
  for (const entry of descendants(tree, target)) cleared.add(entry.header.hash)
  const verdicts = new Map<string, TreeEntry>()
  for (const entry of [root, ...descendants(tree, root)]) {
    const { header } = entry
    const own = entry.invalid === 'itself' && !cleared.has(header.hash)
    const inherited = verdicts.get(header.previousHash)?.invalid !== undefined
    verdicts.set(header.hash, mark(entry, own ? 'itself' : inherited ? 'ancestor' : undefined))
  }
  return [...verdicts.values()].filter(
    (entry) => entry.invalid !== requireEntry(tree, entry.header.hash).invalid,
  )
}

/** How far down the reason may lie; the entry itself where nothing below is wrong. */
function lowestInvalid(tree: HeaderTree, entry: TreeEntry): TreeEntry {
  let lowest = entry
  for (let at = parentOf(tree, entry); at?.invalid; at = parentOf(tree, at)) lowest = at
  return lowest
}

/** All entries above `root`, parents before children. The tree knows no children, so it is walked down from the tips. */
function descendants(tree: HeaderTree, root: TreeEntry): readonly TreeEntry[] {
  const above = new Map<string, boolean>([[root.header.hash, true]])
  const found: TreeEntry[] = []
  for (const tip of tree.tips()) {
    const path = pathDown(tree, requireEntry(tree, tip), root.header.height, above)
    const isAbove = above.get(path.end) ?? false
    for (const entry of path.entries) {
      above.set(entry.header.hash, isAbove)
      if (isAbove) found.push(entry)
    }
  }
  return found.sort((a, b) => a.header.height - b.header.height)
}

/** The entries from a tip down to one that was met before, or to the height where it must have been. */
function pathDown(
  tree: HeaderTree,
  tip: TreeEntry,
  height: number,
  met: ReadonlyMap<string, boolean>,
): { readonly entries: readonly TreeEntry[]; readonly end: string } {
  const entries: TreeEntry[] = []
  let at = tip
  while (at.header.height > height && !met.has(at.header.hash)) {
    entries.push(at)
    at = requireEntry(tree, at.header.previousHash)
  }
  return { entries, end: at.header.hash }
}

function mark({ header, work, sequence, hasBody }: TreeEntry, invalid: TreeEntry['invalid']): TreeEntry {
  return { header, work, sequence, hasBody, ...(invalid ? { invalid } : {}) }
}
