import { join } from 'node:path'
import type { Block } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import { connectBlock } from '../../src/ledger/connect-block.js'
import { acceptBody, growTree } from '../../src/ledger/header-tree.js'
import type { EndorsementPolicy } from '../../src/ledger/judge-call.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { disconnectBlock } from '../../src/ledger/undo.js'
import { coinsOf } from '../../src/ledger/utxo.js'
import type { ValidationCode } from '../../src/ledger/validation-code.js'
import { ChainIndex } from '../../src/store/index/chain-index.js'
import { blockOf, START } from '../ledger/make-chain.js'
import { removeFolder } from '../support/chain.js'
import { memoryFolder } from '../support/memory-folder.js'

/** Blocks in an index alone, without files: put on and taken off one at a time. */
export class IndexChain {
  readonly index: ChainIndex
  readonly blocks: Block[] = []
  readonly #chain: Chain
  readonly #policy: EndorsementPolicy
  readonly #folder: string
  #made = 0

  private constructor(chain: Chain, policy: EndorsementPolicy, folder: string, now: () => number) {
    this.#chain = chain
    this.#policy = policy
    this.#folder = folder
    this.index = ChainIndex.open(join(folder, 'index'), chain.id, now)
  }

  static async open(chain: Chain, policy: EndorsementPolicy, now = () => 0): Promise<IndexChain> {
    return new IndexChain(chain, policy, await memoryFolder(), now)
  }

  async close(): Promise<void> {
    await this.index.close()
    await removeFolder(this.#folder)
  }

  /** Puts a new block with these transactions on the tip; their outcomes. */
  mine(...transactions: readonly Transaction[]): readonly ValidationCode[] {
    this.#made += 1
    return this.put(
      blockOf(this.#chain, this.blocks.at(-1)?.header, { transactions, nonce: this.#made }),
    ).slice(1)
  }

  /** Puts a block on the tip. */
  put(block: Block): readonly ValidationCode[] {
    const { index } = this
    const { header } = block
    const context = { medianTimePast: START, endorsementPolicy: this.#policy }
    const effects = connectBlock(block, index, this.#chain, context)
    index.write(() => {
      index.grow(growTree(index, header, index.nextSequence()))
      index.putEntry(acceptBody(index, header.hash, index.nextSequence()))
      index.connect(block, effects)
    })
    this.blocks.push(block)
    return effects.outcomes
  }

  /** Takes the tip off. */
  takeOff(): void {
    const block = this.blocks.pop()
    const undo = block && this.index.undoOf(block.header.hash)
    if (!undo) throw new Error('there is no block to take off')
    const created = block.transactions.flatMap((each) => coinsOf(each, block.header.height))
    this.index.write(() => this.index.disconnect(block, disconnectBlock(block, undo), created))
  }
}
