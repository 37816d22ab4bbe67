import type { Hash } from '../hash.js'

/** Any of them may be asynchronous: nothing more is delivered, and soon nothing more is read, until it has resolved. */
export interface BlockHandlers {
  onBlock?(block: SmallBlock | BigBlock): void | Promise<void>
  onBlockChunk?(chunk: BlockChunk): void | Promise<void>
  onTxChunk?(chunk: TxChunk): void | Promise<void>
  /** Parts of this block were or would have been delivered, and none of them is to be trusted. */
  onBlockAborted?(hash: Hash, reason: Error): void | Promise<void>
}

/** A block below the limit, in one piece, verified. The bytes belong to the receiver. */
export interface SmallBlock {
  readonly type: 'small'
  /** 80 bytes. */
  readonly header: Uint8Array
  readonly hash: Hash
  /** Bytes. */
  readonly size: number
  readonly txCount: number
  /** Where in `raw` each transaction starts. */
  readonly txOffsets: Offsets
  /** The whole block. */
  readonly raw: Uint8Array
}

/** The end of a block that came in chunks: all of it is verified now. */
export interface BigBlock {
  readonly type: 'big'
  /** 80 bytes. */
  readonly header: Uint8Array
  readonly hash: Hash
  /** Bytes. */
  readonly size: number
  readonly txCount: number
  /** Where in the block each transaction starts; empty unless `txOffsets` is 'all'. */
  readonly txOffsets: Offsets
}

/**
 * A run of whole transactions (the first chunk starts with the header of the block). Chunks follow each other without
 * gaps, but for the bytes of transactions that travel as {@link TxChunk}s. Not verified before the `onBlock` of its block.
 */
export interface BlockChunk {
  readonly blockHash: Hash
  /** From 1 to `chunkCount`. */
  readonly chunkNumber: number
  readonly chunkCount: number
  /** Where in the block the bytes start. */
  readonly base: number
  /** Empty where no transaction ended in this stretch. Reused once the handler has resolved: copy what you keep. */
  readonly bytes: Uint8Array
  /** Where in the block each transaction of this chunk starts; empty if `txOffsets` is 'none'. */
  readonly txOffsets: Offsets
}

/** A part of a transaction that is too large for a chunk of its block, or for one message. */
export interface TxChunk {
  /** Undefined for a transaction that travels alone. */
  readonly blockHash: Hash | undefined
  /** Place in its block; 0 for a transaction that travels alone. */
  readonly txIndex: number
  /** From 1. */
  readonly partNumber: number
  readonly isLast: boolean
  /** Where in the transaction the bytes start. */
  readonly offset: number
  /** Where in its block the transaction starts; 0 for a transaction that travels alone. */
  readonly txOffset: number
  /** Reused once the handler has resolved: copy what you keep. */
  readonly bytes: Uint8Array
}

/** A transaction that travelled alone and was too large for one message, verified now. */
export interface BigTx {
  readonly txid: Hash
  /** Bytes. */
  readonly size: number
  /** All of it where there is no `onTxChunk`, else undefined: it came in parts. The bytes belong to the receiver. */
  readonly raw: Uint8Array | undefined
}

/** Of `tx` messages at or above the limit; asynchronous or not, as {@link BlockHandlers}. */
export interface BigTxHandlers {
  onTxChunk?(chunk: TxChunk): void | Promise<void>
  onBigTx?(tx: BigTx): void | Promise<void>
  /** Parts of a transaction may have been delivered, and none of them is to be trusted. */
  onBigTxAborted?(reason: Error): void | Promise<void>
}

/** Byte positions, ascending. Positions above 4 GiB survive: they are kept as 32 bits and a count of wraps. */
export interface Offsets extends Iterable<number> {
  readonly length: number
  /** @throws {RangeError} where there is none. */
  at(index: number): number
}
