import { descendants } from './descendants.js'
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

function mark({ header, work, sequence, hasBody }: TreeEntry, invalid: TreeEntry['invalid']): TreeEntry {
  return { header, work, sequence, hasBody, ...(invalid ? { invalid } : {}) }
}
