import type { Payload } from './payload/payload.js'
import type { Signature } from './signature.js'

export const TRANSACTION_VERSION = 1

/** Names one output of one transaction. */
export interface Outpoint {
  /** 64 hex digits. */
  readonly transactionId: string
  readonly outputIndex: number
}

export interface Output {
  readonly address: string
  /** In units of 10^-8 coin, at least 1. */
  readonly amount: number
}

/** Everything a transaction's id and its signatures commit to. */
export interface UnsignedTransaction {
  readonly version: typeof TRANSACTION_VERSION
  readonly chainId: string
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly inputs: readonly Outpoint[]
  readonly outputs: readonly Output[]
  /** In units; what the inputs hold beyond the outputs. */
  readonly fee: number
  readonly payload?: Payload
}

/** A transaction with what follows from its content. Made by `sealTransaction` and `decodeTransaction` only. */
export interface Transaction extends UnsignedTransaction {
  /** Over the signature message of the id. Sorted by public key, none twice. */
  readonly signatures: readonly Signature[]
  /** 64 hex digits; covers everything but the signatures. */
  readonly id: string
  /** Length of the canonical JSON, signatures included. */
  readonly bytes: number
}
