import type { PeerAddress } from './address.js'

/** What is known of an address; times are seconds since 1970. */
export interface PeerRecord {
  readonly address: PeerAddress
  /** Of the last handshake; null for an address that was never reached. */
  lastConnected: number | null
  banned: boolean
  /** A ban without an end is kept for ever. */
  bannedUntil?: number
  banReason?: string
  services?: bigint
  userAgent?: string
  /** Attempts that failed since the last handshake. */
  failures?: number
  /** When somebody told of it; not kept in files. */
  lastSeen?: number
  /** Milliseconds since 1970 before which another attempt is of no use; not kept in files. */
  retryAt?: number
}
