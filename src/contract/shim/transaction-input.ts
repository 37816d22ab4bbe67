import type { ProtoTimestamp } from './timestamp.js'

/** Who calls: an organisation, and the PEM certificate of one of its people. */
export interface SerializedIdentity {
  mspid: string
  idBytes: Uint8Array
}

/** A signed proposal, taken apart; what has no meaning here is left out. */
export interface SignedProposalParts {
  readonly signature: Uint8Array
  readonly proposal: {
    readonly header: {
      readonly channelHeader: {
        readonly type: number
        readonly version: number
        readonly timestamp: ProtoTimestamp | null
        readonly channelId: string
        readonly txId: string
        readonly epoch: number
        readonly extension: Uint8Array
        readonly tlsCertHash: Uint8Array
      }
      readonly signatureHeader: { readonly creator: SerializedIdentity; readonly nonce: Uint8Array }
    }
    readonly payload: { readonly input: Uint8Array; readonly transientMap: Map<string, Uint8Array> }
  }
}

/** What a transaction says of who proposed it. */
export interface ProposalFacts {
  readonly creator: SerializedIdentity
  /** The creator as it was sent. */
  readonly creatorBytes: Uint8Array
  readonly nonce: Uint8Array
  /** The client's; null where it sent none. */
  readonly timestamp: ProtoTimestamp | null
  readonly transient: Map<string, Uint8Array>
  readonly parts: SignedProposalParts
}

/** A transaction as a stub is made for it. */
export interface TransactionInput {
  readonly channelId: string
  readonly txId: string
  /** The function first. */
  readonly args: readonly Uint8Array[]
  /** Undefined where it was sent without: there is no creator, then. */
  readonly proposal: ProposalFacts | undefined
}
