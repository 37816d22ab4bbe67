/** What bounds sync and relay; the values stand in defaults/sync_defaults.json. Times in ms, sizes in bytes of JSON. */
export interface SyncSettings {
  /** Between two polls of all known nodes. */
  readonly pollMs: number
  /** Share of `pollMs` by which it varies. */
  readonly jitter: number
  /** A node that has not answered a status or header call by then has failed. */
  readonly callMs: number
  /** A node that has not delivered a batch of blocks by then has failed. */
  readonly batchMs: number
  /** A batch that all others wait for is asked of another node after this time. */
  readonly stallMs: number
  /** How long a node that failed is left alone; twice as long each further time. */
  readonly backoffMs: number
  readonly maxBackoffMs: number
  /** Headers of one call. */
  readonly headersPerCall: number
  /** Headers kept in memory until a branch shows enough work to be stored. */
  readonly maxHeldHeaders: number
  /** Nodes whose headers are fetched at the same time. */
  readonly headerSessions: number
  /** Blocks of one call. */
  readonly blocksPerCall: number
  /** What a batch of blocks should take: smaller ones are spread over more nodes. */
  readonly batchBytes: number
  /** What one answer with blocks takes at most, but for a single block that is larger. */
  readonly maxAnswerBytes: number
  /** Batches under way or waiting for their turn. */
  readonly windowBatches: number
  /** A block whose JSON is at most as long travels with its announcement. */
  readonly inlineBytes: number
  /** Nodes that one block or transaction is told to. */
  readonly relayPeers: number
  /** How long transactions are gathered before they are offered. */
  readonly offerDelayMs: number
  /** Ids of one offer. */
  readonly idsPerOffer: number
  /** Transactions of one message, in bytes. */
  readonly sendBytes: number
  /** Ids remembered of what a node was told or told us. */
  readonly rememberedIds: number
  /** How long a transaction that was asked of one node is not asked of another. */
  readonly deliveryMs: number
}
