import type { HeaderTree, TreeEntry, TreeGrowth } from '../../ledger/header-tree.js'
import { hashKey } from './keys.js'
import { NOTHING, type Tables } from './tables.js'
import { decodeTreeEntry, encodeTreeEntry } from './values.js'

const CACHED_ENTRIES = 8192

/** Headers of all branches. Those used lately are kept decoded. */
export class HeaderTables implements HeaderTree {
  readonly #headers: Tables['headers']
  readonly #tips: Tables['tips']
  readonly #cache = new Map<string, TreeEntry>()

  constructor({ headers, tips }: Pick<Tables, 'headers' | 'tips'>) {
    this.#headers = headers
    this.#tips = tips
  }

  entry(hash: string): TreeEntry | undefined {
    const cached = this.#cache.get(hash)
    if (cached) return cached
    const value = this.#headers.get(hashKey(hash))
    if (!value) return undefined
    return this.#remember(decodeTreeEntry(value))
  }

  *tips(): Iterable<string> {
    for (const key of this.#tips.getKeys({ snapshot: false })) yield key.toString('hex')
  }

  grow({ entry, tip, formerTip }: TreeGrowth): void {
    this.put(entry)
    this.#tips.removeSync(hashKey(formerTip))
    this.#tips.putSync(hashKey(tip), NOTHING)
  }

  put(entry: TreeEntry): void {
    this.#headers.putSync(hashKey(entry.header.hash), encodeTreeEntry(entry))
    this.#remember(entry)
  }

  /** What is kept decoded may not be what the tables hold: a write was undone, or the tables were emptied. */
  forgetCache(): void {
    this.#cache.clear()
  }

  #remember(entry: TreeEntry): TreeEntry {
    if (this.#cache.size >= CACHED_ENTRIES) this.#cache.clear()
    this.#cache.set(entry.header.hash, entry)
    return entry
  }
}
