import type { Json } from '../../base/json.js'
import type { Transaction } from '../../ledger/transaction.js'

/** A record as the chain holds it. */
export interface PlacedRecord {
  /** How manieth of its type in the chain, counted from 1, without gaps. */
  readonly ordinal: number
  readonly transactionId: string
  readonly height: number
  /** Within its block, counted from 0. */
  readonly index: number
  /** Of the transaction, in ms since 1970. */
  readonly timestamp: number
  readonly txnType: string
  readonly tag: string
  readonly payload: Json
}

/**
 * The records of the chain by type, without the outputs of contracts, which invoke nothing. Kept by the node's index in the
 * storage transaction of the block that brings them, and taken out with it: ordinals shift in a reorg.
 */
export interface RecordSource {
  /** Of the chain. */
  readonly chainId: string
  /** Height of the tip; -1 before block 0. */
  height(): number
  /** Hash of the block of the chain there. */
  hashAt(height: number): string | undefined
  /** How many of a type the chain holds. */
  count(txnType: string): number
  at(txnType: string, ordinal: number): PlacedRecord | undefined
  /** Of a record of the type; undefined where the chain holds none such. */
  ordinalOf(txnType: string, transactionId: string): number | undefined
  /** In order, from `from` (inclusive). */
  from(txnType: string, from: number): Iterable<PlacedRecord>
  /** Id of the transaction of the chain that carries the output of an invocation ({@link outputId} of the ledger). */
  carrierOf(outputId: string): string | undefined
  isPending(transactionId: string): boolean
  /** Puts an output of this node among what waits for a block, where it may be already; resolves when it is kept. @throws {RuleError} */
  submit(transaction: Transaction): Promise<void>
  /** Called after every change of the chain, reorgs included. Returns what ends it. */
  onTip(listener: () => void): () => void
  /** Called when a transaction that waited no longer does and is in no block. Returns what ends it. */
  onDropped(listener: (transactionId: string) => void): () => void
}
