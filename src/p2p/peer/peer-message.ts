import type { BigBlock, BigTx, BlockChunk, SmallBlock, TxChunk } from '../blocks/block-events.js'
import type { Hash } from '../hash.js'
import { decodeMessage, type KnownMessage, type RawMessage } from '../wire/codec.js'
import type { Family } from '../wire/family.js'

/** A transaction as it came, not decoded. The bytes belong to the receiver. */
export interface RawTx {
  readonly raw: Uint8Array
}

/** A block that will not be completed: whatever came of it is not to be trusted. */
export interface BlockAborted {
  readonly hash: Hash
  readonly reason: Error
}

/** A transaction that will not be completed: whatever came of it is not to be trusted. */
export interface BigTxAborted {
  readonly reason: Error
}

/** What is streamed, and what nobody here knows. */
export type StreamedMessage =
  | { readonly command: 'tx'; readonly body: RawTx }
  | { readonly command: 'block'; readonly body: SmallBlock | BigBlock }
  | { readonly command: 'block_chunk'; readonly body: BlockChunk }
  | { readonly command: 'block_aborted'; readonly body: BlockAborted }
  | { readonly command: 'tx_chunk'; readonly body: TxChunk }
  | { readonly command: 'big_tx'; readonly body: BigTx }
  | { readonly command: 'big_tx_aborted'; readonly body: BigTxAborted }
  | { readonly command: 'unknown'; readonly body: RawMessage }

/** Everything that a peer tells, told apart by `command`. */
export type PeerMessage = Exclude<KnownMessage, { command: 'tx' }> | StreamedMessage

/** What a payload that came whole says; the bodies hold views of it. @throws {ProtocolError} for a malformed one */
export function readMessage(command: string, payload: Uint8Array, family: Family): PeerMessage {
  if (command === 'tx') return { command, body: { raw: payload } }
  const message = decodeMessage(command, payload, family)
  if ('raw' in message) return { command: 'unknown', body: message }
  return message as Exclude<KnownMessage, { command: 'tx' }>
}
