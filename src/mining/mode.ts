import type { Blockchain } from '../chain/blockchain.js'
import type { Mempool } from '../ledger/mempool.js'
import type { Sleep } from '../time/sleep.js'
import type { BlockMaker } from './block-maker.js'

/** When a node mines by itself. docs/mining.md has what each mode does. */
export const MINING_MODES = ['off', 'auto', 'interval', 'pow'] as const
export type MiningMode = (typeof MINING_MODES)[number]

/** What a mode works with. */
export interface ModeContext {
  readonly maker: BlockMaker
  readonly blockchain: Blockchain
  readonly pool: () => Mempool
  readonly rewardAddress: string
  readonly intervalMs: number
  readonly gatherMs: number
  readonly now: () => number
  readonly sleep: Sleep
}

/** Mines until the signal aborts. */
export type RunMode = (context: ModeContext, signal: AbortSignal) => Promise<void>
