import type { BlockItem } from '../download/download-blocks.js'
import { UsageError } from '../errors.js'
import type { HeadersStore } from './headers-store.js'

/** The blocks of the main chain from one height to another, both included, to be downloaded in this order. */
export function* blocksOf(store: HeadersStore, from: number, to = store.height): Generator<BlockItem> {
  for (let height = from; height <= to; height++) {
    const header = store.header(height)
    if (header === undefined)
      throw new UsageError(`there is no header at height ${height}; the chain ends at ${store.height}`)
    yield { hash: header.hash, height }
  }
}
