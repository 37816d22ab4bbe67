import type { Block } from './block.js'
import { BlockCalls } from './block-calls.js'
import { BlockCoins } from './block-coins.js'
import type { Chain } from './chain.js'
import { checkFreeTransaction } from './check-free-transaction.js'
import { checkSpending } from './check-spending.js'
import type { EndorsementPolicy } from './judge-call.js'
import { blockReward } from './reward.js'
import { ensure } from './shape.js'
import type { StateView } from './state-view.js'
import type { Transaction } from './transaction.js'
import type { BlockUndo } from './undo.js'
import type { Coin } from './utxo.js'
import type { ValidationCode } from './validation-code.js'
import type { WorldWrite } from './world-state.js'

/** What judging a block takes besides the block and the state it meets. */
export interface ConnectContext {
  /** Of the branch the block follows, in ms since 1970; for block 0 the chain's `genesisTime`. */
  readonly medianTimePast: number
  readonly endorsementPolicy: EndorsementPolicy
}

/** What putting a block on the tip writes. Create first, then spend: a block may spend what it creates. */
export interface BlockEffects {
  /** All outputs of the block, in block order. */
  readonly created: readonly Coin[]
  /** What all inputs of the block took, in block order. */
  readonly spent: readonly Coin[]
  /** To be applied in this order. */
  readonly worldWrites: readonly WorldWrite[]
  /** Ids of the calls and outputs that took effect. */
  readonly calls: readonly string[]
  /** What became of each transaction, in block order; all but contract calls and outputs are VALID. */
  readonly outcomes: readonly ValidationCode[]
  /** In units. */
  readonly fees: number
  readonly undo: BlockUndo
}

/**
 * Puts a well-formed block with verified signatures on the state it follows, and tells what that changes. `view` is
 * the state after the block's parent. @throws {RuleError} when the block breaks a rule; then nothing is to be written.
 */
export function connectBlock(
  block: Block,
  view: StateView,
  chain: Chain,
  context: ConnectContext,
): BlockEffects {
  const coins = new BlockCoins(view, block.header.height)
  const calls = new BlockCalls(view, context.endorsementPolicy)
  const outcomes: ValidationCode[] = []
  let fees = 0
  for (const [index, transaction] of block.transactions.entries()) {
    if (index > 0) admit(transaction, block, coins, view, chain, context)
    coins.create(transaction)
    fees += transaction.fee
    outcomes.push(calls.apply(transaction, { height: block.header.height, index }))
  }
  checkReward(block, fees, chain)
  const undo = { spent: coins.spent.map(({ entry }) => entry), world: calls.restores, calls: calls.taken }
  const { created, spent } = coins
  return { created, spent, worldWrites: calls.writes, calls: calls.taken, outcomes, fees, undo }
}

function admit(
  transaction: Transaction,
  { header }: Block,
  coins: BlockCoins,
  state: StateView,
  chain: Chain,
  { medianTimePast }: ConnectContext,
): void {
  checkSpending(transaction, coins.spend(transaction), header.height, chain)
  if (transaction.inputs.length > 0) return
  checkFreeTransaction(transaction, { state, medianTimePast, blockTimestamp: header.timestamp }, chain)
}

function checkReward({ header, transactions }: Block, fees: number, chain: Chain): void {
  let paid = 0
  for (const output of transactions[0]?.outputs ?? []) paid += output.amount
  const due = blockReward(chain, header.height) + fees
  ensure(paid === due, 'UTX-8', `the coinbase pays ${paid} units, not ${due}`)
}
