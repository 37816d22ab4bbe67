import type { Block } from '../../ledger/block.js'
import type { Coin } from '../../ledger/utxo.js'

/** What a block changes for one address. */
export interface AddressChange {
  balance: number
  unspentOutputs: number
  /** By their place in the block: the transactions that pay it or spend from it. */
  readonly flows: Map<number, AddressFlow>
}

/** What one transaction does to one address, in units. */
export interface AddressFlow {
  received: number
  sent: number
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
    if (!change) changes.set(address, (change = { balance: 0, unspentOutputs: 0, flows: new Map() }))
    return change
  }
  // Coins come in block order: the place follows from how many each transaction has.
  let [c, s] = [0, 0]
  for (const [index, { inputs, outputs }] of block.transactions.entries()) {
    for (const { entry } of created.slice(c, (c += outputs.length))) {
      const change = at(entry.address)
      change.balance += entry.amount
      change.unspentOutputs++
      flowOf(change, index).received += entry.amount
    }
    for (const { entry } of spent.slice(s, (s += inputs.length))) {
      const change = at(entry.address)
      change.balance -= entry.amount
      change.unspentOutputs--
      flowOf(change, index).sent += entry.amount
    }
  }
  return changes
}

function flowOf({ flows }: AddressChange, index: number): AddressFlow {
  let flow = flows.get(index)
  if (!flow) flows.set(index, (flow = { received: 0, sent: 0 }))
  return flow
}
