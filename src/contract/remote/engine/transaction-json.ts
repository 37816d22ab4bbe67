import type { Json } from '../../../base/json.js'
import type { PlacedRecord } from '../record-source.js'
import { dragonchainTransaction } from '../transaction-json.js'
import type { Invoker } from './rows.js'

/** A record as contracts are given it. */
export function recordJson(chainId: string, record: PlacedRecord): string {
  const { transactionId: txnId, txnType, height, timestamp, tag, payload } = record
  return JSON.stringify(
    dragonchainTransaction({ chainId, txnType, txnId, height, timestamp, tag, invoker: '', payload }),
  )
}

/** What stands for a record where a schedule or a person invokes. */
export function syntheticJson(chainId: string, txnType: string, invoker: Invoker): string {
  const { txnId, timestampMs: timestamp, tag, payloadJson } = invoker
  const payload = JSON.parse(payloadJson ?? '{}') as Json
  const header = { chainId, txnType, txnId, timestamp, tag, height: null, invoker: '' }
  return JSON.stringify(dragonchainTransaction({ ...header, payload }))
}
