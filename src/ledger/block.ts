import type { Transaction } from './transaction.js'

export const BLOCK_VERSION = 1

/** The fields of a header as they are hashed. */
export interface HeaderFields {
  readonly version: typeof BLOCK_VERSION
  readonly height: number
  /** 64 hex digits; the chain id for block 0. */
  readonly previousHash: string
  /** 64 hex digits: merkle root over the ids of the transactions. */
  readonly merkleRoot: string
  readonly transactionCount: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** Target of the proof of work in compact form. */
  readonly bits: number
  /** 16 hex digits: 64 bits for miners to vary. */
  readonly nonce: string
}

/** A header with its hash. Made by `sealHeader` and `decodeHeaderJson` only. */
export interface BlockHeader extends HeaderFields {
  /** 64 hex digits: SHA-256 of the encoded fields, read as a number when compared with the target. */
  readonly hash: string
}

export interface Block {
  readonly header: BlockHeader
  /** The coinbase first. */
  readonly transactions: readonly Transaction[]
}
