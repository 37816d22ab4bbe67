import { ensure } from './shape.js'
import type { Outpoint, Transaction } from './transaction.js'
import { type Coin, coinsOf, outpointKey, type UtxoEntry, type UtxoView } from './utxo.js'

/** The unspent outputs while a block is applied to them, transaction by transaction. */
export class BlockCoins {
  readonly created: Coin[] = []
  readonly spent: Coin[] = []
  readonly #view: UtxoView
  readonly #height: number
  readonly #fresh = new Map<string, UtxoEntry>()
  readonly #gone = new Set<string>()

  constructor(view: UtxoView, height: number) {
    this.#view = view
    this.#height = height
  }

  /** Takes what the inputs name, in their order. @throws {RuleError} */
  spend(transaction: Transaction): readonly UtxoEntry[] {
    return transaction.inputs.map((outpoint) => this.#take(outpoint))
  }

  create(transaction: Transaction): void {
    for (const coin of coinsOf(transaction, this.#height)) {
      this.created.push(coin)
      this.#fresh.set(outpointKey(coin.outpoint), coin.entry)
    }
  }

  #take(outpoint: Outpoint): UtxoEntry {
    const key = outpointKey(outpoint)
    ensure(!this.#gone.has(key), 'UTX-2', 'an input is spent earlier in the block')
    const entry = this.#fresh.get(key) ?? this.#view.utxo(outpoint)
    ensure(entry !== undefined, 'UTX-1', 'an input names no unspent output')
    this.#gone.add(key)
    this.spent.push({ outpoint, entry })
    return entry
  }
}
