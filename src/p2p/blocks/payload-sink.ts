/** What the header of a message says about the payload that follows it. */
export interface PayloadHeader {
  /** Bytes. */
  readonly length: number
  /** The first 4 bytes of the SHA256d of the payload; extended headers have none. */
  readonly checksum: Uint8Array | undefined
}

/**
 * Takes the payload of one message slice by slice, in wire order, so that it never need be in memory whole. Whoever
 * reads the socket drives it: `push` for each slice, one call at a time, then `end` when `length` bytes were pushed, or
 * `abort` when they will never come.
 *
 * A call that fails (throws or rejects) has told the handlers that the message is aborted. A {@link ProtocolError} is the
 * peer's fault, anything else came from a handler. After a failure the sink wants nothing more: the rest of the payload is
 * to be discarded, or the connection closed.
 */
export interface PayloadSink {
  /**
   * Whatever is kept of the slice is copied. Where a promise is returned, the slice must stay as it is and nothing may be
   * pushed until it has settled: the socket pauses.
   */
  push(slice: Uint8Array): void | Promise<void>
  /** All of the payload was pushed. Resolves when it is verified and the handlers have taken it. */
  end(): Promise<void>
  /** The rest will not come; no handler is called after the promise resolves. Without effect after `end` or a failure. */
  abort(reason: Error): Promise<void>
}
