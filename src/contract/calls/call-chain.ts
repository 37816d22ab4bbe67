import type { Block } from '../../ledger/block.js'
import type { Place } from '../../ledger/place.js'
import type { KeyVersion } from '../../ledger/payload/key-access.js'
import type { Transaction } from '../../ledger/transaction.js'
import type { WorldView } from '../../ledger/world-state.js'

/** A transaction of the chain, and where it stands. */
export interface PlacedTransaction {
  readonly transactionId: string
  readonly place: Place
}

/** The chain of the node and its mempool, as far as calls have to do with them. */
export interface CallChain {
  /** 64 hex digits. */
  readonly id: string
  /** Of the last block; -1 before block 0. */
  height(): number
  /** Hash of the chain's block at a height. */
  activeHash(height: number): string | undefined
  /** A block the node holds, of any branch. */
  block(hash: string): Promise<Block | undefined>
  /** Where a transaction of the chain stands. */
  place(transactionId: string): Place | undefined
  /** Id of the transaction that stands there in the chain. */
  idAt(place: KeyVersion): string | undefined
  /** The world state after the last block. */
  readonly world: WorldView
  /** Id of the transaction that carries the valid call of this id, in the chain. */
  carrierOf(callId: string): string | undefined
  /** Transactions that wait for a block. */
  pending(): Iterable<Transaction>
  isPending(transactionId: string): boolean
  /** This node has just made all signatures and endorsements of a transaction: they need not be verified here. */
  vouch(transaction: Transaction): void
  /** Hands a transaction to the mempool; resolves when it is kept on disk. @throws {RuleError} */
  submit(transaction: Transaction): Promise<unknown>
  /** A block was put on the tip. Returns what ends the listening, as the others do. */
  onConnected(listener: (block: Block) => void): () => void
  /** The chain ends elsewhere. */
  onTip(listener: () => void): () => void
  /** A transaction waits for a block no longer, and is in none. */
  onDropped(listener: (transaction: Transaction, reason: string) => void): () => void
}
