/** How the node deals with the processes that run contracts. */
export interface ContractPeerSettings {
  /** How long a call may take, with all calls it makes. */
  readonly timeoutMs: number
  /** Calls that run at once in one contract; others wait. */
  readonly callsAtOnce: number
  /** Calls that wait for one contract; more are refused. */
  readonly waitingCalls: number
  /** All arguments of the calls that wait for one contract, in bytes. */
  readonly waitingBytes: number
  /** The largest message either way, in bytes. */
  readonly maxMessageBytes: number
  /** Between the start of a stream and its registration. */
  readonly registerTimeoutMs: number
  /** Requests that one call may have sent without waiting for answers; a Fabric peer takes one. */
  readonly requestsAtOnce: number
  /** Bytes of messages on one stream that have not left yet, and of requests that wait; beyond, no more is read or called. */
  readonly pendingBytes: number
  /** Contracts that may have dialled the node at once; more are turned away. */
  readonly streams: number
  /** Whether several processes may register under one id and share its calls. */
  readonly sharedIds: boolean
}

export const DEFAULT_CONTRACT_PEER_SETTINGS: ContractPeerSettings = {
  timeoutMs: 30_000,
  callsAtOnce: 256,
  waitingCalls: 4096,
  waitingBytes: 256 * 1024 * 1024,
  maxMessageBytes: 100 * 1024 * 1024,
  registerTimeoutMs: 10_000,
  requestsAtOnce: 64,
  pendingBytes: 128 * 1024 * 1024,
  streams: 1024,
  sharedIds: false,
}
