import type { BlockHeader } from '../ledger/block.js'
import { requireEntry, type TreeEntry } from '../ledger/header-tree.js'
import type { ChainIndex } from '../store/index/chain-index.js'

/** The part of the index that headers are found by. */
export type HeaderIndex = Pick<ChainIndex, 'entry' | 'activeHash' | 'tips'>

/** Hashes told one by one before the steps double. */
const DENSE = 10

/**
 * Hashes by which another node finds the last header it shares with the branch that ends in `from`: the latest first,
 * further and further apart, block 0 the last. Empty where there is no header.
 */
export function locatorOf(index: HeaderIndex, from: TreeEntry | undefined): readonly string[] {
  const locator: string[] = []
  let at = from?.header
  let step = 1
  while (at) {
    locator.push(at.hash)
    if (at.height === 0) break
    if (locator.length >= DENSE) step *= 2
    at = ancestorAt(index, at, Math.max(0, at.height - step))
  }
  return locator
}

/** The header of the same branch at a lower height. */
export function ancestorAt(index: HeaderIndex, from: BlockHeader, height: number): BlockHeader {
  let at = from
  while (at.height > height) {
    // Below the fork the chain knows its blocks by height.
    const isActive = index.activeHash(at.height) === at.hash
    at = requireEntry(index, (isActive ? index.activeHash(height) : undefined) ?? at.previousHash).header
  }
  return at
}

/** Headers of the chain after the first hash of the locator that the chain holds; from block 0 where it holds none. */
export function headersAfter(
  index: HeaderIndex,
  locator: readonly string[],
  count: number,
): readonly BlockHeader[] {
  const known = locator.find((hash) => {
    const entry = index.entry(hash)
    return entry && index.activeHash(entry.header.height) === hash
  })
  const from = known === undefined ? 0 : requireEntry(index, known).header.height + 1
  const headers: BlockHeader[] = []
  while (headers.length < count) {
    const hash = index.activeHash(from + headers.length)
    if (hash === undefined) break
    headers.push(requireEntry(index, hash).header)
  }
  return headers
}
