import { EventEmitter } from 'node:events'
import type { Block, BlockHeader } from '../ledger/block.js'
import type { Transaction } from '../ledger/transaction.js'

/** The chain took another branch. */
export interface Reorg {
  readonly from: BlockHeader
  /** Undefined when no block is left. */
  readonly to: BlockHeader | undefined
  /** Hash of the last block both branches have; undefined when they have none. */
  readonly forkPoint: string | undefined
  /** Hashes, the former tip first. */
  readonly disconnected: readonly string[]
  /** Hashes, the lowest first. */
  readonly connected: readonly string[]
}

/** What happens in a chain; each event comes after what it tells is on disk. */
export interface ChainEventMap {
  /** A block was put on the tip. */
  connected: [block: Block]
  /** The tip was taken off. */
  disconnected: [block: Block]
  /** A change is complete: blocks were put on, or a reorg ended. */
  tip: [header: BlockHeader | undefined]
  reorg: [reorg: Reorg]
  /** A block of another branch is held now. */
  side: [block: Block]
  /** The chain left blocks behind: their transactions, coinbases aside, in chain order. Comes before `tip`. */
  returned: [transactions: readonly Transaction[]]
  /** A transaction waits for a block. */
  pending: [transaction: Transaction]
  /** A transaction no longer waits: replaced, evicted, expired or in conflict with a block. */
  dropped: [transaction: Transaction, reason: string]
}

export class ChainEvents extends EventEmitter<ChainEventMap> {}
