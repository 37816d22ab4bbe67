import type { Block } from '../ledger/block.js'

/** Blocks read lately, so that looking at one block part by part does not read its file each time. */
export class BlockCache {
  readonly #maxBytes: number
  readonly #blocks = new Map<string, Block>()
  #bytes = 0

  /** `maxBytes` bounds what the blocks take as canonical JSON, all together. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(hash: string): Block | undefined {
    const block = this.#blocks.get(hash)
    if (!block) return undefined
    this.#blocks.delete(hash)
    this.#blocks.set(hash, block)
    return block
  }

  put(block: Block): void {
    const { hash } = block.header
    if (this.#blocks.has(hash)) return
    this.#blocks.set(hash, block)
    this.#bytes += bytesOf(block)
    for (const [oldest, each] of this.#blocks) {
      if (this.#bytes <= this.#maxBytes) break
      this.#blocks.delete(oldest)
      this.#bytes -= bytesOf(each)
    }
  }
}

/** Of its transactions, and some for the header. */
function bytesOf({ transactions }: Block): number {
  return transactions.reduce((sum, { bytes }) => sum + bytes, 500)
}
