import type { UtxoView } from './utxo.js'
import type { WorldView } from './world-state.js'

/** The state after the block that the next one follows: all that the rules ask of it. Answers do not change meanwhile. */
export interface StateView extends UtxoView, WorldView {
  /** Whether the branch holds a transaction with this id. */
  hasTransaction(id: string): boolean
  /** Whether a valid call with this call id, or a valid output with this {@link outputId}, stands in the branch. */
  hasCall(callId: string): boolean
}
