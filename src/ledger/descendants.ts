import { type HeaderTree, requireEntry, type TreeEntry } from './header-tree.js'

/** All entries above `root`, parents before children. The tree knows no children, so it is walked down from the tips. */
export function descendants(tree: HeaderTree, root: TreeEntry): readonly TreeEntry[] {
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
