/** What a peer did wrong, and how much of its good name (100) that costs it. */
export const PROTOCOL_FAULTS = {
  bad_magic: 100,
  bad_command: 100,
  bad_checksum: 10,
  oversize_message: 100,
  truncated_message: 20,
  trailing_bytes: 20,
  non_canonical_size: 20,
  size_beyond_limit: 100,
  bad_value: 20,
  unexpected_message: 1,
  extended_header_not_allowed: 100,
  duplicate_version: 1,
  obsolete_version: 100,
  self_connection: 0,
  handshake_timeout: 0,
  missing_version: 1,
  bad_header: 100,
  disconnected_headers: 20,
  unconnected_headers: 20,
  too_many_headers: 20,
  too_many_addresses: 20,
  bad_block: 100,
  unrequested_block: 20,
} as const

/** What a peer did wrong, for programs. */
export type ProtocolFault = keyof typeof PROTOCOL_FAULTS

/** Every error of this library that its user may meet; `code` is for programs, `message` for people. */
export class P2pError extends Error {
  override readonly name: string = 'P2pError'
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** Bytes from a peer that break the protocol. */
export class ProtocolError extends P2pError {
  override readonly name = 'ProtocolError'
  override readonly code: ProtocolFault
  constructor(code: ProtocolFault, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.code = code
  }

  /** What the peer loses of the 100 points at which it is banned. */
  get score(): number {
    return PROTOCOL_FAULTS[this.code]
  }
}

/** The connection ended before the answer came. */
export class PeerDisconnectedError extends P2pError {
  override readonly name = 'PeerDisconnectedError'
  constructor(message = 'the peer has disconnected', options?: ErrorOptions) {
    super('peer_disconnected', message, options)
  }
}

/** The peer did not answer in time. */
export class RequestTimeoutError extends P2pError {
  override readonly name = 'RequestTimeoutError'
  constructor(message: string, options?: ErrorOptions) {
    super('request_timeout', message, options)
  }
}

/** The peer, or none of the peers, has what was asked for. */
export class NotFoundError extends P2pError {
  override readonly name = 'NotFoundError'
  constructor(message: string, options?: ErrorOptions) {
    super('not_found', message, options)
  }
}

/** The peer refused what it was sent. */
export class RejectedError extends P2pError {
  override readonly name = 'RejectedError'
  constructor(
    message: string,
    /** One byte; codes that nobody knows survive as they are. */
    readonly rejectCode: number,
    readonly reason: string,
  ) {
    super('rejected', message)
  }
}

/** What came is larger than its receiver allows; no fault of the peer. */
export class TooLargeError extends P2pError {
  override readonly name = 'TooLargeError'
  constructor(message: string, options?: ErrorOptions) {
    super('too_large', message, options)
  }
}

/** The peer is banned. */
export class BannedError extends P2pError {
  override readonly name = 'BannedError'
  constructor(message: string, options?: ErrorOptions) {
    super('banned', message, options)
  }
}

/** The library was used in a way that it cannot serve: a wrong mode, a wrong argument, something already closed. */
export class UsageError extends P2pError {
  override readonly name = 'UsageError'
  constructor(message: string, options?: ErrorOptions) {
    super('usage', message, options)
  }
}
