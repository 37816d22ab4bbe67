import type { Block } from '../../src/ledger/block.js'
import { connectBlock } from '../../src/ledger/connect-block.js'
import { Mempool, type PoolContext } from '../../src/ledger/mempool.js'
import type { MempoolSettings } from '../../src/ledger/mempool-settings.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { type BlockUndo, disconnectBlock } from '../../src/ledger/undo.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import { blockOf, coinbaseOf, START, testChain, transferOf } from './make-chain.js'
import { MemoryState } from './memory-ports.js'

export const chain = testChain({ blockReward: 1_000_000 })
export const HELD = chain.settings.blockReward
export const SETTINGS: MempoolSettings = {
  maxCount: 1000,
  maxBytes: 1_000_000,
  maxAgeMs: 60_000,
  maxChainLength: 25,
  maxReplaced: 100,
}
/** When transactions arrive. */
export const NOW = START + 50_000

/** A chain with mature rewards and a pool on its tip. */
export class Node extends MemoryState {
  readonly pool: Mempool
  readonly blocks: { readonly block: Block; readonly undo: BlockUndo }[] = []

  constructor(settings: Partial<MempoolSettings> = {}, blocks = 8) {
    super()
    this.pool = new Mempool(chain, { ...SETTINGS, ...settings })
    for (let i = 0; i < blocks; i++) this.mine()
  }

  mine(transactions: readonly Transaction[] = [], to = 'miner'): readonly Transaction[] {
    const block = blockOf(chain, this.blocks.at(-1)?.block.header, { transactions, to })
    const context = { medianTimePast: START, endorsementPolicy: () => VALIDATION_CODE.VALID }
    const effects = connectBlock(block, this, chain, context)
    this.connect(block, effects)
    this.blocks.push({ block, undo: effects.undo })
    return this.pool.connected(block)
  }

  /** Takes blocks off; their transactions in chain order. */
  rewind(count: number): readonly Transaction[] {
    const taken = this.blocks.splice(this.blocks.length - count)
    for (const { block, undo } of [...taken].reverse()) this.disconnect(block, disconnectBlock(block, undo))
    return taken.flatMap(({ block }) => block.transactions)
  }

  context(nowMs = NOW): PoolContext {
    return { state: this, height: this.blocks.length, medianTimePast: START, nowMs }
  }

  add(transaction: Transaction, nowMs = NOW) {
    return this.pool.add(transaction, this.context(nowMs))
  }

  /** Spends a mature reward. */
  spend(height: number, fee: number, to: readonly string[] = ['a']): Transaction {
    return transferOf(chain, this.reward(height), 'miner', to, fee)
  }

  reward(height: number): Transaction {
    return coinbaseOf(this.blocks[height]?.block as Block)
  }

  ids(): readonly string[] {
    return [...this.pool.pending()].map(({ transaction }) => transaction.id)
  }
}

export function ids(transactions: Iterable<Transaction>): readonly string[] {
  return [...transactions].map(({ id }) => id)
}
