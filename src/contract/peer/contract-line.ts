import type { ChaincodeMessage } from '../wire/fabric.js'

/** Why the node ends a stream; the contract sees the text, as a gRPC error of this kind. */
export interface Refusal {
  readonly kind: 'invalid' | 'out-of-order' | 'taken' | 'not-allowed' | 'too-late'
  readonly text: string
}

/** The node's end of a stream of messages to one contract process, whatever carries it. */
export interface ContractLine {
  /** Where the contract is, for people. */
  readonly address: string
  /** The id that the node dialled; undefined where the contract dialled the node. */
  readonly expectedId: string | undefined
  /** Bytes sent that have not left yet. */
  readonly pendingBytes: number
  /** Sends in order. */
  send(message: Partial<ChaincodeMessage>): void
  /** Ends the stream after what was sent. */
  end(refusal?: Refusal): void
}
