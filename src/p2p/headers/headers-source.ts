import type { P2pError } from '../errors.js'
import type { Hash } from '../hash.js'
import type { Headers } from '../wire/messages/headers.js'

/** Which headers are wanted. */
export interface HeadersRequest {
  /** Hashes that are known, the latest first. */
  readonly locator: readonly Hash[]
  /** The last header that is wanted; as many as possible by default. */
  readonly stop?: Hash
  readonly signal?: AbortSignal
}

/** What syncing needs of a peer. */
export interface HeadersPeer {
  readonly id: number | string
  /** The height that the peer said it has when it connected. */
  readonly startHeight: number
  /** Rejects with a {@link P2pError} when the peer goes, does not answer, or breaks the protocol. */
  getHeaders(request: HeadersRequest): Promise<Headers>
}

/** Something a peer said by itself. */
export type Announcement =
  /** It has blocks (`inv`). */
  | { readonly kind: 'blocks'; readonly peer: HeadersPeer; readonly hashes: readonly Hash[] }
  /** It sent headers that nobody had asked for. */
  | { readonly kind: 'headers'; readonly peer: HeadersPeer; readonly headers: Headers }
  /** It has connected. */
  | { readonly kind: 'connected'; readonly peer: HeadersPeer }

/** The peers there are, as far as syncing needs to know. */
export interface HeadersSource {
  /** The next one in turn; waits until there is one. Rejects with the signal's reason. */
  nextPeer(options: { readonly signal?: AbortSignal }): Promise<HeadersPeer>
  /** Is told what a peer did wrong. What follows is not the affair of syncing. */
  report(peer: HeadersPeer, error: P2pError): void
  /** Calls the listener with all that peers announce until the function that it returns is called. */
  onAnnouncement(listener: (announcement: Announcement) => void): () => void
}
