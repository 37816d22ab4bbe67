import type { Transaction } from '../ledger/transaction.js'

const MAX_ORPHANS = 100
const MAX_BYTES = 100_000

/** A few transactions that came before what they build on: a pending one, or a block that is on its way. */
export class Orphans {
  readonly #orphans = new Map<string, Transaction>()

  /** Large ones are not worth the memory; the oldest makes room. */
  add(transaction: Transaction): void {
    if (transaction.bytes > MAX_BYTES) return
    this.#orphans.set(transaction.id, transaction)
    const [oldest] = this.#orphans.keys()
    if (this.#orphans.size > MAX_ORPHANS && oldest !== undefined) this.#orphans.delete(oldest)
  }

  /** Those that spend from a transaction; they are kept no longer. */
  takeChildrenOf(id: string): readonly Transaction[] {
    const children = [...this.#orphans.values()].filter(({ inputs }) =>
      inputs.some((input) => input.transactionId === id),
    )
    for (const child of children) this.#orphans.delete(child.id)
    return children
  }

  /** All there are; they are kept no longer. */
  takeAll(): readonly Transaction[] {
    const all = [...this.#orphans.values()]
    this.#orphans.clear()
    return all
  }
}
