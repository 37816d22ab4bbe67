import type { Block, BlockHeader } from '../../ledger/block.js'
import type { Tip } from '../../ledger/fork-choice.js'
import type { TreeEntry } from '../../ledger/header-tree.js'
import type { Place } from '../../ledger/place.js'
import type { Outpoint } from '../../ledger/transaction.js'
import type { UtxoEntry } from '../../ledger/utxo.js'

/** The chain as callers may see it, and add to it. */
export interface ChainPort {
  /** Undefined before block 0. */
  tip(): BlockHeader | undefined
  /** A header the node knows, of any branch. */
  entry(hash: string): TreeEntry | undefined
  /** The chain's block at a height. */
  activeHash(height: number): string | undefined
  /** A block the node holds, of any branch. */
  block(hash: string): Promise<Block | undefined>
  /** The chain's blocks from one height to another, a few at a time in memory; ends early where the chain changes. */
  blocks(from: number, to: number): AsyncIterable<Block>
  /** Ends of all branches, the highest first. */
  tips(): readonly Tip[]
  /** What the inputs of a block spend, in block order; undefined for one beside the chain. */
  spentIn(hash: string): readonly UtxoEntry[] | undefined
  isUnspent(outpoint: Outpoint): boolean
  locate(transactionId: string): Place | undefined
  /** Takes a block in. @throws {RuleError} */
  submit(block: Block): Promise<'connected' | 'side' | 'known'>
}
