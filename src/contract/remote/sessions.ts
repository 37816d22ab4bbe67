/** A stream of a client, as people see it. Text that came from the client is printable and short. */
export interface SessionReport {
  readonly sessionId: string
  readonly contractId: string
  /** One process of the contract: stays the same over its reconnects. */
  readonly instanceId: string
  readonly language: string
  readonly templateVersion: string
  /** Address and port that the client came from. */
  readonly address: string
  /** Of the API key that it came in with; not the key. */
  readonly keyId: string
  /** When it was welcomed, in ms since 1970. */
  readonly sinceMs: number
  /** Deliveries without an answer to their results. */
  readonly inFlight: number
  /** Most of them at once. */
  readonly maxInFlight: number
  /** When the last frame of it came, in ms since 1970. */
  readonly lastHeardMs: number
}

/** The streams of remote contracts that are open now. */
export interface RemoteSessions {
  /** Of one contract, or of all; the oldest first. */
  list(contractId?: string): readonly SessionReport[]
  /** Called after a stream began or ended. Returns what ends it. */
  onChange(listener: (contractId: string) => void): () => void
}
