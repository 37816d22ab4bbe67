import type { Json } from '../../base/json.js'

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
