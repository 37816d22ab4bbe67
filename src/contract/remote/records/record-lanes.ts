import type { Json } from '../../../base/json.js'
import type { RecordPlace } from '../record-queries.js'

/** Records and outputs are counted each on their own. */
export type Lane = 'record' | 'output'

/** A record or an output of the chain. */
export interface LaneEntry extends RecordPlace {
  readonly transactionId: string
  /** Of the transaction, in ms since 1970. */
  readonly timestamp: number
  readonly invoker: string
  readonly tag: string
  readonly payload: Json
  /** Of an output; empty for a record. */
  readonly contract: string
  readonly invokedBy: string
}

/** The records and outputs of the chain by type and ordinal, from 1, in chain order. */
export interface RecordLanes {
  /** Hash of the block of the chain there. */
  hashAt(height: number): string | undefined
  /** How many of a type there are. */
  count(lane: Lane, txnType: string): number
  at(lane: Lane, txnType: string, ordinal: number): LaneEntry | undefined
  placeAt(lane: Lane, txnType: string, ordinal: number): RecordPlace | undefined
  /** Tells the types of what came into the chain or left it. Returns what ends it. */
  onChange(listener: (txnTypes: Iterable<string>) => void): () => void
}
