import type { KnownCommand } from '../../../src/p2p/wire/codec.js'
import type { Reject } from '../../../src/p2p/wire/messages/reject.js'
import type { FakeConnection } from './fake-connection.js'

/** What a fake node does on one connection; nothing set is an honest and quick node. */
export interface Script {
  /** Waits so long before each message. */
  readonly delayMs?: number
  /** Writes are no longer than this, or than these in turn; each is flushed on its own. */
  readonly writeBytes?: number | readonly number[]
  /** Sends no faster. */
  readonly bytesPerSecond?: number
  /** The connection is cut once so many bytes are sent. */
  readonly dropAfterBytes?: number
  /** Messages of these commands go out with a wrong checksum. */
  readonly wrongChecksum?: readonly string[]
  /** Messages of these commands go out with a wrong magic. */
  readonly wrongMagic?: readonly string[]
  /** Messages of these commands get no answer: `version` is a silent handshake, `getheaders` a node that is still syncing. */
  readonly silent?: readonly string[]
  /** Messages of these commands go out under an extended header (BSV). */
  readonly extended?: readonly string[]
  /** Blocks and transactions for which it says `notfound` although it has them. */
  readonly notFound?: (hash: Uint8Array) => boolean
  /** The answer to a transaction. The hash is filled in unless `hash` is null. */
  readonly rejectTx?: Omit<Reject, 'message' | 'hash'> & { readonly hash?: null }
  /** Transactions that are announced to it are not asked for. */
  readonly ignoreTxInv?: boolean
  /** Headers of one message; 2000. */
  readonly headersPerMessage?: number
  /** Takes the place of the answer to a command. */
  readonly on?: Readonly<Record<string, (connection: FakeConnection, payload: Uint8Array) => void>>
}

/** A message that the fake node received. */
export interface Received {
  readonly command: KnownCommand | (string & {})
  readonly payload: Uint8Array
  readonly connection: FakeConnection
}
