import type { Block, BlockHeader } from '../ledger/block.js'
import type { Transaction } from '../ledger/transaction.js'

/** What a node says of its chain. */
export interface PeerStatus {
  readonly chainId: string
  /** -1 before block 0. */
  readonly height: number
  /** Hash of the last block; undefined before block 0. */
  readonly tip: string | undefined
  /** Hashes that its chain stands for. */
  readonly work: bigint
}

/** What became of a block a node was told of. */
export type AnnouncedVerdict = 'known' | 'taken' | 'wanted' | 'orphan' | 'ignored'

/** What a node says to ids that were offered to it. */
export interface OfferAnswer {
  /** To be sent now. */
  readonly wanted: readonly string[]
  /** On their way from another node; to be offered again if that one fails. */
  readonly later: readonly string[]
  /** The node is fetching blocks yet: all are to be offered again. */
  readonly isBehind?: boolean
}

/**
 * Another node, as sync and relay call it. Every call rejects with a PeerError: `unreachable` for what may happen to an
 * honest node, `misbehaved` for an answer that no honest node gives.
 */
export interface Peer {
  /** Its identity: address and port. */
  readonly key: string
  /** It tells us how far it is by itself, so that it need not be asked as often. */
  readonly isFollowed?: boolean
  status(): Promise<PeerStatus>
  /** Headers of its chain after the first hash of the locator that its chain holds. */
  headers(locator: readonly string[], count: number): Promise<readonly BlockHeader[]>
  /** As many of the first of these blocks as one answer holds. */
  blocks(hashes: readonly string[]): Promise<readonly Block[]>
  /** Tells of a block: its header, and its transactions where they are few. */
  announce(header: BlockHeader, transactions: readonly Transaction[] | undefined): Promise<AnnouncedVerdict>
  offer(ids: readonly string[]): Promise<OfferAnswer>
  send(transactions: readonly Transaction[]): Promise<void>
}

/** The nodes there are now. */
export interface Peers {
  list(): readonly Peer[]
  find(key: string): Peer | undefined
}

/** A node did what no honest node does. */
export type OnMisbehaviour = (key: string, reason: string) => void
