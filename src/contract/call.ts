import type { KeyRead, KeyWrite, RangeRead } from '../ledger/payload/key-access.js'

/** Who calls, as contracts and clients of Fabric name it. */
export interface Caller {
  readonly mspId: string
  /** Its X.509 certificate, PEM. */
  readonly certificate: string
}

/** A contract call as it comes to the node, its signature and its id checked, or made by the node itself. */
export interface Call {
  /** The one channel of this node. */
  readonly channelId: string
  /** 64 hex digits: SHA-256 over nonce and creator; contracts see it as the transaction id. */
  readonly callId: string
  /** Name the contract was deployed under; its state lives in the namespace of this name. */
  readonly contract: string
  /** The function first, as `contract:function` or `function`. */
  readonly args: readonly Uint8Array[]
  readonly isInit: boolean
  /** For the contract alone: never on the chain, in a log or in a reply. */
  readonly transient: ReadonlyMap<string, Uint8Array>
  readonly caller: Caller
  /** What contracts see as the time of the transaction, in ms since 1970. */
  readonly timestampMs: number
  /** An encoded SignedProposal, as contracts receive it. */
  readonly signedProposal: Uint8Array
}

/** What a contract answers. Below 400 the call succeeded. */
export interface CallResponse {
  readonly status: number
  readonly message: string
  readonly payload: Uint8Array
}

/** A value of a private collection; only nodes of its members ever see it. */
export interface PrivateWrite {
  readonly namespace: string
  readonly collection: string
  readonly key: string
  /** Null: the key goes. */
  readonly value: Uint8Array | null
  /** All former values of the key are to be forgotten, too. */
  readonly isPurge: boolean
}

/** What a call did when it was run against a snapshot of the state; nothing of it has happened yet. */
export interface Simulated {
  readonly response: CallResponse
  /** The last one the contract set; undefined where the response is 400 or above. */
  readonly event: { readonly name: string; readonly payload: Uint8Array } | undefined
  /** Sorted as an invocation payload wants them (PAY-16 to PAY-18); hashed private keys and key metadata included. */
  readonly reads: readonly KeyRead[]
  readonly rangeReads: readonly RangeRead[]
  readonly writes: readonly KeyWrite[]
  readonly privateWrites: readonly PrivateWrite[]
}

/** Runs a call in its contract against one snapshot of the state. */
export interface Executor {
  /** @throws {ContractError} where no answer of the contract is to be had */
  execute(call: Call): Promise<Simulated>
}
