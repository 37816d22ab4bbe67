import type { PlacedRecord } from '../record-source.js'
import type { Invoker } from './rows.js'

interface Shown {
  readonly chainId: string
  readonly txnType: string
  readonly txnId: string
  /** Height; empty where the transaction stands in no block. */
  readonly blockId: string
  readonly timestampMs: number
  readonly tag: string
  readonly payloadJson: string
}

/** A record as contracts are given it. */
export function recordJson(chainId: string, record: PlacedRecord): string {
  return transactionJson({
    chainId,
    txnType: record.txnType,
    txnId: record.transactionId,
    blockId: String(record.height),
    timestampMs: record.timestamp,
    tag: record.tag,
    payloadJson: JSON.stringify(record.payload),
  })
}

/** What stands for a record where a schedule or a person invokes. */
export function syntheticJson(chainId: string, txnType: string, invoker: Invoker): string {
  const { txnId, timestampMs, tag, payloadJson } = invoker
  return transactionJson({
    ...{ chainId, txnType, txnId, timestampMs, tag },
    blockId: '',
    payloadJson: payloadJson ?? '{}',
  })
}

function transactionJson({ chainId, txnType, txnId, blockId, timestampMs, tag, payloadJson }: Shown): string {
  const header = JSON.stringify({
    txn_type: txnType,
    dc_id: chainId,
    txn_id: txnId,
    block_id: blockId,
    timestamp: String(Math.floor(timestampMs / 1000)),
    tag,
    invoker: '',
  })
  return `{"version":"2","dcrn":"Transaction::L1::FullTransaction","header":${header},"payload":${payloadJson}}`
}
