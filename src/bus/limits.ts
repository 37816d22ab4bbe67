/** Bounds of one connection: what a peer may cost. */
export interface Limits {
  /** Largest message, compressed or not. */
  readonly maxMessageBytes: number
  /** Deepest nesting of a message. */
  readonly maxDepth: number
  /** Bytes that may wait for a peer that reads slowly; beyond it the connection is cut. */
  readonly maxBufferedBytes: number
  /** Messages a stranger may send in a second, with as many again at once; 0: no limit. */
  readonly messagesPerSecond: number
  /** Requests of one peer that may be under way. */
  readonly maxRunning: number
  /** Subscriptions of one peer. */
  readonly maxSubscriptions: number
  /** Firings of one subscription that may wait for their answer. */
  readonly maxQueuedFirings: number
  /** A connection must be negotiated within this time. */
  readonly negotiationTimeoutMs: number
  /** Calls of ours are given up after this time. */
  readonly requestTimeoutMs: number
  /** Pause between pings. */
  readonly pingMs: number
}

export const DEFAULT_LIMITS: Limits = {
  maxMessageBytes: 4 * 1024 * 1024,
  maxDepth: 64,
  maxBufferedBytes: 16 * 1024 * 1024,
  messagesPerSecond: 1_000,
  maxRunning: 1_024,
  maxSubscriptions: 1_000,
  maxQueuedFirings: 256,
  negotiationTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  pingMs: 30_000,
}
