import type { Json } from '../../base/json.js'

/** What invokes a contract, or what it made of it. */
export interface TypedTransaction {
  readonly chainId: string
  readonly txnType: string
  /** Of the transaction, or what stands for it where there is none. */
  readonly txnId: string
  /** Of its block; null: no block holds it. */
  readonly height: number | null
  /** In ms since 1970. */
  readonly timestamp: number
  readonly tag: string
  /** Of the output of a contract: id of what invoked it; empty for all that people put on the chain. */
  readonly invoker: string
  readonly payload: Json
}

/** A typed transaction as contracts and callers of REST read it: the form of Dragonchain, all of its header texts. */
export interface DragonchainTransaction {
  readonly version: '2'
  readonly dcrn: 'Transaction::L1::FullTransaction'
  readonly header: {
    readonly txn_type: string
    readonly dc_id: string
    readonly txn_id: string
    /** Height of the block; empty: none holds it. */
    readonly block_id: string
    /** Whole seconds since 1970. */
    readonly timestamp: string
    readonly tag: string
    readonly invoker: string
  }
  readonly payload: Json
}

export function dragonchainTransaction(transaction: TypedTransaction): DragonchainTransaction {
  const { chainId, txnType, txnId, height, timestamp, tag, invoker, payload } = transaction
  return {
    version: '2',
    dcrn: 'Transaction::L1::FullTransaction',
    header: {
      txn_type: txnType,
      dc_id: chainId,
      txn_id: txnId,
      block_id: height === null ? '' : String(height),
      timestamp: String(Math.floor(timestamp / 1000)),
      tag,
      invoker,
    },
    payload,
  }
}
