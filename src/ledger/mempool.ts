import { runSteps, type Steps } from '../base/steps.js'
import type { Block } from './block.js'
import type { Chain } from './chain.js'
import { checkFreeTransaction, isTooOld } from './check-free-transaction.js'
import { checkSpending } from './check-spending.js'
import { isCoinbase } from './check-transaction.js'
import type { MempoolSettings } from './mempool-settings.js'
import { byArrival, type PoolEntry, type PoolGraph } from './pool-graph.js'
import { PoolOrder } from './pool-order.js'
import { feeRateOf, replacedBy } from './replacement.js'
import { RuleError } from './rule-error.js'
import { ensure } from './shape.js'
import type { Outpoint, Transaction } from './transaction.js'
import type { UtxoEntry, UtxoView } from './utxo.js'

/** The end of the chain, and the time, as a transaction meets them when it arrives. */
export interface PoolContext {
  readonly state: UtxoView & { hasTransaction(id: string): boolean }
  /** Of the next block. */
  readonly height: number
  /** Of the branch the next block follows, in ms since 1970. */
  readonly medianTimePast: number
  readonly nowMs: number
}

/** A pending transaction as it is kept over a restart. */
export interface PendingTransaction {
  readonly transaction: Transaction
  /** When it arrived, in ms since 1970. */
  readonly addedMs: number
}

/** A transaction that was not taken and the rule that kept it out. */
export interface Dropped extends PendingTransaction {
  readonly error: RuleError
}

/** What left the pool for a new transaction. */
export interface Added {
  /** They spent what the new one spends, and all that built on them. */
  readonly replaced: readonly Transaction[]
  /** The pool was full and they paid least. */
  readonly evicted: readonly Transaction[]
}

/** Transactions that wait for a block: all of them together can follow the tip, in the order of arrival (POOL-9). */
export class Mempool {
  readonly #chain: Chain
  readonly #settings: MempoolSettings
  #order = new PoolOrder()
  #sequence = 0

  constructor(chain: Chain, settings: MempoolSettings) {
    this.#chain = chain
    this.#settings = settings
  }

  get #graph(): PoolGraph {
    return this.#order.graph
  }

  get size(): number {
    return this.#graph.size
  }

  /** What all transactions take as canonical JSON. */
  get bytes(): number {
    return this.#graph.bytes
  }

  get(id: string): Transaction | undefined {
    return this.#graph.get(id)?.transaction
  }

  /** In the order of arrival, parents before children (POOL-13). */
  *pending(): Generator<PendingTransaction> {
    for (const { transaction, addedMs } of this.after(-1)) yield { transaction, addedMs }
  }

  /** Those after a place in the order of arrival. After a reorg all have new places, behind the former ones. */
  after(sequence: number): readonly PoolEntry[] {
    return [...this.#graph.entries()].filter((entry) => entry.sequence > sequence).sort(byArrival)
  }

  /** Those that pay an address or spend what it holds. */
  touching(address: string): Iterable<PoolEntry> {
    return this.#graph.touching(address)
  }

  /** The pending transaction that spends an output. */
  spenderOf(outpoint: Outpoint): Transaction | undefined {
    return this.#graph.spenderOf(outpoint)?.transaction
  }

  /** The unspent outputs as if all pending transactions were in the next block, at `height`: what a wallet may spend. */
  spendable(view: UtxoView, height: number): UtxoView {
    return {
      utxo: (outpoint) =>
        this.#graph.spenderOf(outpoint) ? undefined : (this.#output(outpoint, height) ?? view.utxo(outpoint)),
    }
  }

  /**
   * Takes a well-formed transaction with verified signatures. `addedMs` is for one that arrived before a restart.
   * @throws {RuleError} when it cannot follow the tip and the pool, or is not worth keeping; then nothing changes.
   */
  add(transaction: Transaction, context: PoolContext, addedMs = context.nowMs): Added {
    ensure(!this.#graph.get(transaction.id), 'POOL-1', 'the transaction is pending already')
    ensure(!isCoinbase(transaction), 'POOL-2', 'a coinbase cannot wait for a block')
    ensure(!context.state.hasTransaction(transaction.id), 'POOL-3', 'the transaction is in the chain already')
    const { replaced, spent } = this.#judge(transaction, context)
    this.#order.remove(replaced)
    const entry = { transaction, spent, feeRate: feeRateOf(transaction), addedMs, sequence: this.#sequence++ }
    this.#order.put(entry)
    const evicted = this.#makeRoom(entry, replaced)
    return { replaced: transactionsOf(replaced), evicted: transactionsOf(evicted) }
  }

  /** Takes many, such as those kept over a restart, and returns those that are not pending in the end. */
  addAll(pending: Iterable<PendingTransaction>, context: PoolContext): readonly Dropped[] {
    const dropped: Dropped[] = []
    const drop = (transaction: Transaction, rule: string, message: string): void => {
      dropped.push({ transaction, addedMs: context.nowMs, error: new RuleError(rule, message) })
    }
    for (const { transaction, addedMs } of pending) {
      try {
        const { replaced, evicted } = this.add(transaction, context, addedMs)
        for (const each of replaced) drop(each, 'POOL-4', 'another pays more to spend the same')
        for (const each of evicted) drop(each, 'POOL-8', 'the pool is full of better paid transactions')
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        dropped.push({ transaction, addedMs, error })
      }
    }
    return dropped
  }

  /** Removes a transaction and all that build on it, and returns them. */
  remove(id: string): readonly Transaction[] {
    const entry = this.#graph.get(id)
    return entry ? this.#removeWithDescendants([entry]) : []
  }

  /** What a block should hold next, in an order it may have; each counts its bytes and one more. */
  select(maxBytes: number): readonly Transaction[] {
    return runSteps(this.selectInSteps(maxBytes))
  }

  /** {@link select} in steps, between which the pool must not change. While it does not, the answer is the same list. */
  selectInSteps(maxBytes: number): Steps<readonly Transaction[]> {
    return this.#order.select(maxBytes)
  }

  /**
   * After a block was put on the tip: forgets what it holds. Returns what can never follow it (POOL-11). Time has passed,
   * too: call `expire` next.
   */
  connected({ transactions }: Block): readonly Transaction[] {
    const confirmed = transactions.flatMap(({ id }) => this.#graph.get(id) ?? [])
    this.#order.remove(new Set(confirmed))
    const conflicts = new Set<PoolEntry>()
    for (const { inputs } of transactions) {
      for (const input of inputs) {
        const spender = this.#graph.spenderOf(input)
        if (spender) conflicts.add(spender)
      }
    }
    return this.#removeWithDescendants(conflicts)
  }

  /**
   * After the chain took another branch (all its blocks connected): `returned` are the transactions of the blocks that
   * were taken off, in chain order (POOL-12). Returns what cannot follow the new tip; what the new branch holds is not among it.
   */
  reorganized(returned: readonly Transaction[], context: PoolContext): readonly Dropped[] {
    const waiting = [
      ...returned
        .filter((each) => !isCoinbase(each))
        .map((each) => ({ transaction: each, addedMs: context.nowMs })),
      ...this.pending(),
    ].filter(({ transaction }) => !context.state.hasTransaction(transaction.id))
    this.#order = new PoolOrder()
    return this.addAll(waiting, context)
  }

  /** Removes, and returns, what has waited too long, or is too old for any block to come (POOL-10). */
  expire(nowMs: number, medianTimePast: number): readonly Transaction[] {
    const { settings } = this.#chain
    const expired = [...this.#graph.entries()].filter(
      ({ addedMs, transaction }) =>
        addedMs < nowMs - this.#settings.maxAgeMs ||
        (transaction.inputs.length === 0 && isTooOld(transaction, medianTimePast, settings)),
    )
    return this.#removeWithDescendants(expired)
  }

  /** Returns what the transaction would push out, and what it would spend. */
  #judge(
    transaction: Transaction,
    context: PoolContext,
  ): { readonly replaced: ReadonlySet<PoolEntry>; readonly spent: readonly UtxoEntry[] } {
    const { height, medianTimePast, nowMs, state } = context
    const spent = transaction.inputs.map((input) => this.#unspent(input, context))
    checkSpending(transaction, spent, height, this.#chain)
    if (transaction.inputs.length === 0) {
      checkFreeTransaction(transaction, { state, medianTimePast, blockTimestamp: nowMs }, this.#chain)
    }
    const { maxChainLength, maxReplaced } = this.#settings
    const replaced = replacedBy(transaction, this.#graph, maxReplaced)
    const chain = this.#graph.ancestors(transaction, maxChainLength).size + 1
    ensure(chain <= maxChainLength, 'POOL-7', `it would be more than ${maxChainLength} pending in a row`)
    return { replaced, spent }
  }

  /** What an input names, whether or not another pending transaction spends it. */
  #unspent(outpoint: Outpoint, { state, height }: PoolContext): UtxoEntry {
    const entry = this.#output(outpoint, height) ?? state.utxo(outpoint)
    if (entry) return entry
    throw new RuleError('UTX-1', 'an input names no unspent output')
  }

  #output({ transactionId, outputIndex }: Outpoint, height: number): UtxoEntry | undefined {
    const output = this.#graph.get(transactionId)?.transaction.outputs[outputIndex]
    return output && { address: output.address, amount: output.amount, height, isCoinbase: false }
  }

  /** Lets the worst paid go until the caps hold. Where that is the newcomer, all stays as it was. */
  #makeRoom(newcomer: PoolEntry, replaced: ReadonlySet<PoolEntry>): readonly PoolEntry[] {
    const evicted: PoolEntry[] = []
    const { maxCount, maxBytes } = this.#settings
    while (this.#graph.size > maxCount || this.#graph.bytes > maxBytes) {
      const worst = this.#order.worst()
      if (worst === newcomer || !worst) {
        this.#order.remove(new Set([newcomer]))
        for (const each of [...replaced, ...evicted].sort(byArrival)) this.#order.put(each)
        throw new RuleError('POOL-8', 'the pool is full of better paid transactions')
      }
      this.#order.remove(new Set([worst]))
      evicted.push(worst)
    }
    return evicted
  }

  #removeWithDescendants(roots: Iterable<PoolEntry>): readonly Transaction[] {
    const removed = this.#graph.withDescendants(roots)
    this.#order.remove(removed)
    return transactionsOf(removed)
  }
}

function transactionsOf(entries: Iterable<PoolEntry>): readonly Transaction[] {
  return [...entries].map(({ transaction }) => transaction)
}
