import { sumAmounts } from '../../../ledger/amount.js'
import type { OwnedCoin } from '../../../wallet/build-transaction.js'
import { coinsText } from './coins.js'
import type { Node } from './node.js'

/** What an address holds, by what can be done with it; amounts in units. */
export interface Funds {
  /** What the next block may spend. */
  readonly coins: readonly OwnedCoin[]
  readonly spendable: number
  /** Mining rewards that later blocks may spend. */
  readonly immature: number
  /** What pending transactions spend already. */
  readonly leaving: number
}

const PAGE = 500

/** Asks a node for all unspent outputs of an address, page by page. */
export async function fundsOf(node: Node, address: string): Promise<Funds> {
  const coins: OwnedCoin[] = []
  let [immature, leaving] = [0, 0]
  let cursor: string | undefined
  do {
    const page = await node.call('utxo.outputs', {
      address,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const output of page.outputs) {
      const { transaction_id: transactionId, output_index: outputIndex, amount } = output
      const nextHeight = output.height + output.confirmations
      if (output.spent_by !== null) leaving += amount
      else if (output.spendable_at > nextHeight) immature += amount
      else coins.push({ transactionId, outputIndex, amount, address })
    }
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  const spendable = sumAmounts(coins.map(({ amount }) => amount)) ?? 0
  return { coins, spendable, immature, leaving }
}

/** Why the funds do not pay for what is wanted, in coins. */
export function missingText(funds: Funds, wanted: number, fee: number): string {
  const { spendable, immature, leaving } = funds
  const missing = coinsText(wanted + fee - spendable)
  const parts = [`${coinsText(spendable)} can be spent now, ${missing} are missing`]
  if (immature > 0) parts.push(`${coinsText(immature)} more are mining rewards that are not mature yet`)
  if (leaving > 0)
    parts.push(
      `${coinsText(leaving)} are in transactions that wait for a block, which brings back the change`,
    )
  return `${coinsText(wanted)} and a fee of ${coinsText(fee)} are too much: ${parts.join('; ')}`
}
