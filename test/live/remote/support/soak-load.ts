import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from '../../../../scripts/fuzz/mutate.js'
import type { Order } from './order.js'
import type { SoakNode } from './soak-node.js'

interface Submitted {
  readonly results: readonly { readonly transaction_id?: string }[]
}

const PAUSE_MS = 400

/** Records for contracts, a few at a time. */
export class SoakLoad {
  /** Ids of the records that the node said it keeps, by type. */
  readonly acknowledged: ReadonlyMap<string, Set<string>>
  readonly #node: SoakNode
  readonly #dice: Dice
  #isOver = false
  #count = 0

  constructor(node: SoakNode, types: readonly string[], dice: Dice) {
    this.acknowledged = new Map(types.map((type) => [type, new Set()]))
    this.#node = node
    this.#dice = dice
  }

  /** Until {@link end}; what the node does not answer is given up: it may be on the chain or not. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      const types = [...this.acknowledged.keys()].flatMap((type) =>
        Array<string>(1 + this.#dice.roll(3)).fill(type),
      )
      const records = types.map((txn_type) => ({ txn_type, payload: this.#order() }))
      const answer = await this.#node.send('/records/batch/', { records }).catch(() => undefined)
      const results = (answer as Submitted | undefined)?.results ?? []
      results.forEach(({ transaction_id }, at) => {
        if (transaction_id !== undefined) this.acknowledged.get(types[at] ?? '')?.add(transaction_id)
      })
      await delay(PAUSE_MS)
    }
  }

  end(): void {
    this.#isOver = true
  }

  #order(): Order {
    const n = ++this.#count
    const chance = this.#dice.roll(100)
    if (chance < 3) return { do: 'error', n }
    if (chance < 8) return { do: 'quiet', n }
    if (chance < 15) return { do: 'ok', n, text: 'ü'.repeat(this.#dice.roll(500)) }
    return { do: 'ok', n }
  }
}
