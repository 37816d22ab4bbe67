import { withNonce } from '../chain/block-template.js'
import type { Blockchain } from '../chain/blockchain.js'
import { Templates } from '../chain/templates.js'
import type { Block } from '../ledger/block.js'
import type { Mempool } from '../ledger/mempool.js'
import type { Sleep } from '../time/sleep.js'
import type { NonceFinder } from './nonce-finder.js'

export interface BlockMakerOptions {
  readonly blockchain: Blockchain
  /** What waits for a block. */
  readonly pool: () => Mempool
  readonly finder: Pick<NonceFinder, 'find'>
  readonly now: () => number
  readonly sleep: Sleep
  readonly onMined: (block: Block) => void
}

export interface MineRequest {
  readonly rewardAddress: string
  /** Whether a block with nothing but its coinbase is wanted. */
  readonly allowEmpty: boolean
}

/** A search that lasts goes on with a later time, and with what came to pay meanwhile, once in so many ms. */
const REFRESH_MS = 3000

const NO_NONCE = '0'.repeat(16)

/** Makes one block at a time and puts it on the chain. */
export class BlockMaker {
  readonly #options: BlockMakerOptions
  readonly #templates: Templates

  constructor(options: BlockMakerOptions) {
    this.#options = options
    this.#templates = new Templates(options)
  }

  /** The block that would follow the tip now; its nonce is zero. */
  template(rewardAddress: string): Promise<Block> {
    return this.#templates.next(rewardAddress)
  }

  /**
   * Mines the next block. Undefined when there is none to make, when another block came first, or when the signal aborts.
   * @throws {RuleError} when the chain refuses the block
   */
  async mine(request: MineRequest, signal: AbortSignal): Promise<Block | undefined> {
    let template = await this.template(request.rewardAddress)
    if (!request.allowEmpty && template.transactions.length === 1) return undefined
    while (!signal.aborted && this.#followsTip(template)) {
      const { nonce, hasNews } = await this.#search(template, signal)
      if (nonce !== undefined) return this.#submit(withNonce(template, nonce))
      template = hasNews ? await this.template(request.rewardAddress) : this.#later(template)
    }
    return undefined
  }

  /** Ends without a nonce when the tip moves, when it is time to refresh the template, or when the signal aborts. */
  async #search(
    template: Block,
    signal: AbortSignal,
  ): Promise<{ nonce: string | undefined; hasNews: boolean }> {
    const { blockchain, finder, sleep } = this.#options
    const stop = new AbortController()
    const end = (): void => stop.abort()
    let hasNews = false
    const note = (): void => {
      hasNews = true
    }
    signal.addEventListener('abort', end)
    blockchain.events.on('tip', end).on('pending', note)
    void sleep(REFRESH_MS, stop.signal).then(end)
    try {
      const nonce = await finder.find(template.header, stop.signal)
      return { nonce, hasNews }
    } finally {
      end()
      signal.removeEventListener('abort', end)
      blockchain.events.off('tip', end).off('pending', note)
    }
  }

  /** Another header, so that no nonce is tried twice. */
  #later(template: Block): Block {
    const timestamp = Math.max(this.#options.now(), template.header.timestamp + 1)
    return withNonce(template, NO_NONCE, timestamp)
  }

  #followsTip({ header }: Block): boolean {
    const { blockchain } = this.#options
    return header.previousHash === (blockchain.tip()?.hash ?? blockchain.chain.id)
  }

  async #submit(block: Block): Promise<Block | undefined> {
    const { blockchain, onMined } = this.#options
    const isMined = await blockchain.alone(async () => {
      // Whatever came first counts: a late block would only lie beside the chain.
      return this.#followsTip(block) && (await blockchain.acceptAlone(block)) === 'connected'
    })
    if (!isMined) return undefined
    onMined(block)
    return block
  }
}
