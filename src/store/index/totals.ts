import type { Block } from '../../ledger/block.js'
import type { Coin } from '../../ledger/utxo.js'

/** What a block changes for one address. */
export interface AddressChange {
  balance: number
  unspentOutputs: number
  /** Places of the transactions that pay it or spend from it, each once. */
  readonly places: Set<number>
}

/** Sums up per address what a block creates and spends. */
export function addressChanges(
  block: Block,
  created: readonly Coin[],
  spent: readonly Coin[],
): Map<string, AddressChange> {
  const changes = new Map<string, AddressChange>()
  const at = (address: string): AddressChange => {
    let change = changes.get(address)
    if (!change) changes.set(address, (change = { balance: 0, unspentOutputs: 0, places: new Set() }))
    return change
  }
  // Coins come in block order: the place follows from how many each transaction has.
  let [c, s] = [0, 0]
  for (const [index, { inputs, outputs }] of block.transactions.entries()) {
    for (const { entry } of created.slice(c, (c += outputs.length))) {
      const change = at(entry.address)
      change.balance += entry.amount
      change.unspentOutputs++
      change.places.add(index)
    }
    for (const { entry } of spent.slice(s, (s += inputs.length))) {
      const change = at(entry.address)
      change.balance -= entry.amount
      change.unspentOutputs--
      change.places.add(index)
    }
  }
  return changes
}
