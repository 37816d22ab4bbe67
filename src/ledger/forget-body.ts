import { descendants } from './descendants.js'
import { type HeaderTree, requireEntry, type TreeEntry } from './header-tree.js'

/**
 * Takes back that a block is held, and so those that follow it: its body was wrong, but another may belong to its
 * header. Returns the entries to write.
 */
export function forgetBody(tree: HeaderTree, hash: string): readonly TreeEntry[] {
  const root = requireEntry(tree, hash)
  return [root, ...descendants(tree, root)]
    .filter((entry) => entry.hasBody)
    .map((entry) => ({ ...entry, hasBody: false }))
}
