import type { GetState, WriteRecord } from '../wire/fabric.js'

/** What a contract asks of the node, until it is answered. */
export interface Request {
  /** Of the message it goes in. */
  readonly type: number
  encode(): Uint8Array
  /** With the payload of the answer. */
  resolve(payload: Uint8Array): void
  reject(error: Error): void
  /** A write: it may go in one message with its neighbours. */
  readonly write?: WriteRecord
  /** A plain read: it may go in one message with its neighbours. */
  readonly read?: GetState
  /** True once it went with others and they were refused: it goes alone now, so that whoever asked wrongly learns of it. */
  isAlone: boolean
}
