import type { Json } from '../../base/json.js'
import { membersOf, textOf } from '../shape.js'
import { decodeAddress } from '../decode-address.js'
import { requireHashable } from './hashable-json.js'

/** Typed data put on the chain by `invoker`; what remote contracts react to. */
export interface RecordPayload {
  readonly kind: 'record'
  /** Names what the data is, such as `order`. */
  readonly txnType: string
  /** Free text to find the record by; may be empty. */
  readonly tag: string
  /** Any JSON whose numbers are integers. */
  readonly payload: Json
  /** Address that answers for the record; must sign. */
  readonly invoker: string
}

export function decodeRecord(json: Json): RecordPayload {
  const record = membersOf(json, 'PAY-2', 'record', ['kind', 'txn_type', 'tag', 'payload', 'invoker'])
  requireHashable(record.payload)
  return {
    kind: 'record',
    txnType: textOf(record.txn_type, 'PAY-4', 'txn_type', 1, 128),
    tag: textOf(record.tag, 'PAY-5', 'tag', 0, 1024),
    payload: record.payload,
    invoker: decodeAddress(record.invoker, 'invoker'),
  }
}

export function encodeRecord(record: RecordPayload): Json {
  const { kind, txnType, tag, payload, invoker } = record
  return { kind, txn_type: txnType, tag, payload, invoker }
}
