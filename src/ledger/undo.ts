import { assert } from '../base/errors.js'
import type { Block } from './block.js'
import type { Outpoint } from './transaction.js'
import { type Coin, coinsOf, type UtxoEntry } from './utxo.js'
import type { WorldRestore } from './world-state.js'

/** What a block overwrote: with the block itself, enough to take it off again. Plain JSON data. */
export interface BlockUndo {
  /** What the inputs of all transactions spent, in block order. */
  readonly spent: readonly UtxoEntry[]
  /** What stood at the keys that the block changed, each key once. */
  readonly world: readonly WorldRestore[]
  /** Ids of the calls and outputs that took effect. */
  readonly calls: readonly string[]
}

/** What taking a block off the tip writes. Restore first, then remove: the block may have spent what it created. */
export interface BlockReversal {
  readonly restored: readonly Coin[]
  readonly removed: readonly Outpoint[]
  readonly world: readonly WorldRestore[]
  /** Ids of calls and outputs to forget. */
  readonly calls: readonly string[]
}

/** Takes the tip off again (UTX-10). `undo` is what connecting this very block gave. */
export function disconnectBlock(block: Block, undo: BlockUndo): BlockReversal {
  const { header, transactions } = block
  const inputs = transactions.flatMap((transaction) => transaction.inputs)
  assert(inputs.length === undo.spent.length, 'the undo data belongs to another block')
  return {
    restored: inputs.map((outpoint, i) => ({ outpoint, entry: undo.spent[i] as UtxoEntry })),
    removed: transactions.flatMap((each) => coinsOf(each, header.height).map(({ outpoint }) => outpoint)),
    world: undo.world,
    calls: undo.calls,
  }
}
