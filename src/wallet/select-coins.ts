import { assert } from '../base/errors.js'
import { sumAmounts } from '../ledger/amount.js'
import type { Outpoint } from '../ledger/transaction.js'
import { WalletError } from './wallet-error.js'

/** An output that may be spent now; `amount` in units. */
export interface Coin extends Outpoint {
  readonly amount: number
}

/** The fee in units for a transaction with that many inputs and outputs; never falls when either grows. */
export type FeePolicy = (inputs: number, outputs: number) => number

export interface Payment {
  /** What the outputs hold together, in units; 0 when only a fee is to be paid. */
  readonly target: number
  /** How many outputs the transaction has before change is added. */
  readonly outputs: number
  readonly fee: FeePolicy
  /** Change below this many units is left to the miner instead: it would cost about as much to spend. */
  readonly dustLimit: number
  /** Most inputs of one transaction. */
  readonly maxInputs: number
}

/** The coins hold exactly target + fee + change; change is 0 or at least the dust limit. */
export interface Selection<C extends Coin> {
  readonly coins: readonly C[]
  readonly fee: number
  readonly change: number
}

/** How far to look for coins that fit exactly; more finds little and costs time that grows with every coin. */
const MAX_EXACT_STEPS = 4000

/**
 * Chooses what to spend, the same for the same coins in any order: coins that leave no change, else the smallest coin
 * that suffices alone, else the fewest coins, largest first.
 * @throws {WalletError} `funds`, saying what is missing, or `too_many_inputs`.
 */
export function selectCoins<C extends Coin>(coins: readonly C[], payment: Payment): Selection<C> {
  assert(Number.isSafeInteger(payment.target) && payment.target >= 0, 'a target is a whole number of units')
  const sorted = [...coins].sort(byAmountThenOutpoint)
  const available = sumAmounts(sorted.map(({ amount }) => amount))
  if (available === undefined) throw new WalletError('funds', 'these coins hold more than can exist')
  return (
    exactFit(sorted, available, payment) ??
    smallestThatSuffices(sorted, payment) ??
    fewest(sorted, available, payment)
  )
}

function byAmountThenOutpoint(a: Coin, b: Coin): number {
  if (a.amount !== b.amount) return b.amount - a.amount
  if (a.transactionId !== b.transactionId) return a.transactionId < b.transactionId ? -1 : 1
  return a.outputIndex - b.outputIndex
}

/** Depth first over take-it-or-leave-it for every coin, the largest first, with a bound on the steps. */
function exactFit<C extends Coin>(
  coins: readonly C[],
  available: number,
  { target, outputs, fee, maxInputs }: Payment,
): Selection<C> | undefined {
  let steps = MAX_EXACT_STEPS
  const search = (
    next: number,
    chosen: readonly C[],
    sum: number,
    rest: number,
  ): Selection<C> | undefined => {
    const feeNow = fee(Math.max(1, chosen.length), outputs)
    if (chosen.length > 0 && sum === target + feeNow) return { coins: chosen, fee: feeNow, change: 0 }
    const coin = coins[next]
    const hopeless = sum > target + feeNow || sum + rest < target + feeNow || chosen.length === maxInputs
    if (!coin || hopeless || steps-- <= 0) return undefined
    const left = rest - coin.amount
    return search(next + 1, [...chosen, coin], sum + coin.amount, left) ?? search(next + 1, chosen, sum, left)
  }
  return search(0, [], 0, available)
}

function smallestThatSuffices<C extends Coin>(
  sorted: readonly C[],
  payment: Payment,
): Selection<C> | undefined {
  const needed = payment.target + payment.fee(1, payment.outputs)
  const coin = sorted.filter(({ amount }) => amount >= needed).at(-1)
  return coin && settle([coin], coin.amount, payment)
}

function fewest<C extends Coin>(sorted: readonly C[], available: number, payment: Payment): Selection<C> {
  const { target, outputs, fee, maxInputs } = payment
  let missing = target + fee(1, outputs)
  let sum = 0
  for (const [i, coin] of sorted.entries()) {
    sum += coin.amount
    missing = Math.min(missing, target + fee(i + 1, outputs) - sum)
    if (missing > 0) continue
    if (i + 1 > maxInputs) throw tooManyInputs(i + 1, maxInputs)
    return settle(sorted.slice(0, i + 1), sum, payment)
  }
  throw new WalletError('funds', `${missing} units are missing: only ${available} can be spent now`)
}

/** Splits what the coins hold beyond the target into fee and change; they must cover the fee without change. */
function settle<C extends Coin>(coins: readonly C[], sum: number, payment: Payment): Selection<C> {
  const { target, outputs, fee, dustLimit } = payment
  const feeWithChange = fee(coins.length, outputs + 1)
  const change = sum - target - feeWithChange
  if (change > 0 && change >= dustLimit) return { coins, fee: feeWithChange, change }
  return { coins, fee: sum - target, change: 0 }
}

function tooManyInputs(needed: number, most: number): WalletError {
  return new WalletError(
    'too_many_inputs',
    `${needed} coins are needed and a transaction takes ${most}: first merge small coins by sending them to yourself`,
  )
}
