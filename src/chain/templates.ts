import type { Block } from '../ledger/block.js'
import type { Mempool } from '../ledger/mempool.js'
import { inSlices } from '../time/in-slices.js'
import { type Filling, fillingOf, roomForTransactions, templateOf } from './block-template.js'
import type { Blockchain } from './blockchain.js'

export interface TemplatesOptions {
  readonly blockchain: Blockchain
  /** What waits for a block. */
  readonly pool: () => Mempool
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/**
 * Makes block templates without holding up the thread. While neither chain nor pool change, another template costs no
 * more than its coinbase.
 */
export class Templates {
  readonly #options: TemplatesOptions
  #last: Filling | undefined

  constructor(options: TemplatesOptions) {
    this.#options = options
  }

  /** The block that would follow the tip now; its nonce is zero. */
  next(rewardAddress: string): Promise<Block> {
    const { blockchain, pool, now } = this.#options
    return blockchain.alone(async () => {
      const transactions = await inSlices(pool().selectInSteps(roomForTransactions(blockchain)))
      // The pool gives the same list while it stays as it is.
      if (this.#last?.transactions !== transactions) this.#last = await inSlices(fillingOf(transactions))
      return templateOf(blockchain, this.#last, rewardAddress, now())
    })
  }
}
