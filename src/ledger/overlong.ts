import type { Block } from './block.js'
import type { Added, Dropped, Mempool, PendingTransaction, PoolContext } from './mempool.js'
import type { MempoolSettings } from './mempool-settings.js'
import { RuleError } from './rule-error.js'
import type { Transaction } from './transaction.js'

/** A transaction that came into the pool at last, and what left the pool for it. */
export interface Entered {
  readonly transaction: Transaction
  readonly added: Added
}

/**
 * Transactions that were accepted once and that a pool cannot take back, because too many of them build on one another
 * (POOL-7): a block may have held them all. They wait beside the pool, and come in as those below them get into blocks
 * (POOL-15). They cost no more than a look at each block, which a pool of such chains would.
 */
export class Overlong {
  readonly #settings: Pick<MempoolSettings, 'maxCount' | 'maxBytes' | 'maxAgeMs'>
  /** Parents before children. */
  readonly #held = new Map<string, PendingTransaction>()
  #bytes = 0

  constructor(settings: Pick<MempoolSettings, 'maxCount' | 'maxBytes' | 'maxAgeMs'>) {
    this.#settings = settings
  }

  get size(): number {
    return this.#held.size
  }

  get(id: string): Transaction | undefined {
    return this.#held.get(id)?.transaction
  }

  /**
   * Holds what a pool did not take only because there are too many in a row, with all that builds on it, as long as both
   * stay within the count and the bytes. `dropped` has parents before children. Returns those that are not held.
   */
  hold(dropped: readonly Dropped[], pool: Pick<Mempool, 'size' | 'bytes'>): readonly Dropped[] {
    return dropped.filter(({ transaction, addedMs, error }) => {
      const isOverlong =
        error.rule === 'POOL-7' || (error.rule === 'UTX-1' && this.#buildsOnHeld(transaction))
      const { maxCount, maxBytes } = this.#settings
      const fits =
        pool.size + this.#held.size < maxCount && pool.bytes + this.#bytes + transaction.bytes <= maxBytes
      if (!isOverlong || !fits) return true
      this.#put({ transaction, addedMs })
      return false
    })
  }

  /** Lets in what the pool takes by now. Also returns what can no longer come in. */
  enter(pool: Mempool, context: PoolContext): { entered: readonly Entered[]; dropped: readonly Dropped[] } {
    const entered: Entered[] = []
    const dropped: Dropped[] = []
    for (const { transaction, addedMs } of [...this.#held.values()]) {
      if (this.#buildsOnHeld(transaction)) continue
      try {
        const added = pool.add(transaction, context, addedMs)
        entered.push({ transaction, added })
        this.#remove(transaction.id)
      } catch (error) {
        if (!(error instanceof RuleError)) throw error
        if (error.rule === 'POOL-7') continue
        this.#remove(transaction.id)
        dropped.push({ transaction, addedMs, error })
      }
    }
    return { entered, dropped }
  }

  /** After a block was put on the tip: forgets what it holds. */
  connected({ transactions }: Block): void {
    if (this.#held.size > 0) for (const { id } of transactions) this.#remove(id)
  }

  /** Removes, and returns, what has waited too long (POOL-10). */
  expire(nowMs: number): readonly Transaction[] {
    const oldestMs = nowMs - this.#settings.maxAgeMs
    const expired = [...this.#held.values()].filter(({ addedMs }) => addedMs < oldestMs)
    for (const { transaction } of expired) this.#remove(transaction.id)
    return expired.map(({ transaction }) => transaction)
  }

  #buildsOnHeld({ inputs }: Transaction): boolean {
    return inputs.some(({ transactionId }) => this.#held.has(transactionId))
  }

  #put(pending: PendingTransaction): void {
    this.#held.set(pending.transaction.id, pending)
    this.#bytes += pending.transaction.bytes
  }

  #remove(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#held.delete(id)
    this.#bytes -= held.transaction.bytes
  }
}
