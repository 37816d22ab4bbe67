import { createHash } from 'node:crypto'
import type { ChainIndex } from '../../src/store/index/chain-index.js'

/** What an index says of its chain, short enough to compare: one hash for each table, and the totals. */
export function indexDigest(index: ChainIndex): Record<string, unknown> {
  const hashes = new Map<string, ReturnType<typeof createHash>>()
  for (const { table, key, value } of index.contents()) {
    const hash = hashes.get(table) ?? createHash('sha256')
    hashes.set(table, hash.update(`${key} ${JSON.stringify(value)}\n`))
  }
  const tables = [...hashes].map(([table, hash]) => [table, hash.digest('hex')] as const)
  return { tip: index.tipHash(), totals: index.totals(), ...Object.fromEntries(tables) }
}
