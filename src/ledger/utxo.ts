import { isCoinbase } from './check-transaction.js'
import type { Outpoint, Transaction } from './transaction.js'

/** An unspent output with what decides who may spend it and when. */
export interface UtxoEntry {
  readonly address: string
  /** In units of 10^-8 coin. */
  readonly amount: number
  /** Of the block that created it. */
  readonly height: number
  readonly isCoinbase: boolean
}

/** An entry and the name it is found by. */
export interface Coin {
  readonly outpoint: Outpoint
  readonly entry: UtxoEntry
}

/** Where a coin stands in the chain: the place of the transaction that made it, and which of its outputs it is. */
export interface CoinPlace {
  readonly height: number
  /** Of the transaction within its block, counted from 0. */
  readonly index: number
  readonly outputIndex: number
}

/** A coin and the place of the transaction that made it, within its block. */
export interface PlacedCoin extends Coin {
  readonly index: number
}

export function placeOfCoin({ outpoint, entry, index }: PlacedCoin): CoinPlace {
  return { height: entry.height, index, outputIndex: outpoint.outputIndex }
}

/** The unspent outputs as they stand after some block. */
export interface UtxoView {
  utxo(outpoint: Outpoint): UtxoEntry | undefined
}

/** One text per outpoint, to find it in a map. */
export function outpointKey({ transactionId, outputIndex }: Outpoint): string {
  return `${transactionId}:${outputIndex}`
}

/** What a transaction creates in the block at `height`, in the order of its outputs. */
export function coinsOf(transaction: Transaction, height: number): readonly Coin[] {
  const { id: transactionId, outputs } = transaction
  const coinbase = isCoinbase(transaction)
  return outputs.map(({ address, amount }, outputIndex) => ({
    outpoint: { transactionId, outputIndex },
    entry: { address, amount, height, isCoinbase: coinbase },
  }))
}
