import type { Binary } from './binary.js'

/** Which transaction wrote a key last: its block's height and its place in that block. */
export interface KeyVersion {
  readonly height: number
  readonly index: number
}

/** A key as the contract saw it; `version` is null where it found nothing. */
export interface KeyRead {
  readonly namespace: string
  readonly key: string
  readonly version: KeyVersion | null
}

/**
 * What a scan of `start` (inclusive) to `end` (exclusive; empty: unbounded) returned, in UTF-8 byte order of the keys.
 * A scan that was not `exhausted` covers only the keys up to the last one in `results`, that one included.
 */
export interface RangeRead {
  readonly namespace: string
  readonly start: string
  readonly end: string
  readonly exhausted: boolean
  readonly results: readonly { readonly key: string; readonly version: KeyVersion }[]
}

/** What the call leaves at a key; null deletes it. */
export interface KeyWrite {
  readonly namespace: string
  readonly key: string
  readonly value: Binary | null
}

/** The identity a contract sees as its caller. */
export interface Creator {
  readonly mspId: string
  /** A PEM certificate, or a public key in text. */
  readonly credentials: string
}

/** A peer vouches that it ran the call and got this result. */
export interface Endorsement {
  readonly publicKey: string
  readonly signature: string
}

export interface ContractEvent {
  readonly name: string
  readonly payload: Binary
}

/**
 * A contract call that was run once, where it was submitted. Every node checks what it read and applies what it wrote.
 * Private data and key metadata live in namespaces of their own, derived from the contract's.
 */
export interface InvocationPayload {
  readonly kind: 'invocation'
  readonly contract: string
  /** 64 hex digits: the transaction id the contract saw while it ran. */
  readonly callId: string
  /** The function's name first, as contracts receive it. */
  readonly args: readonly Binary[]
  readonly creator: Creator
  /** Address that answers for the call; must sign. */
  readonly invoker: string
  readonly reads: readonly KeyRead[]
  readonly rangeReads: readonly RangeRead[]
  readonly writes: readonly KeyWrite[]
  readonly response: { readonly status: number; readonly message: string; readonly payload: Binary }
  readonly event?: ContractEvent
  readonly endorsements: readonly Endorsement[]
}
