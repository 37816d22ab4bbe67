/** What one call may cost the node at most. */
export interface SimulationSettings {
  /** A query gives back no more than this, without a word, as a Fabric peer does. */
  readonly totalQueryLimit: number
  /** Results in one piece of a query that does not page itself. */
  readonly batchSize: number
  /** Values in one piece beyond which it ends before it is full, in bytes. */
  readonly maxBatchBytes: number
  readonly maxOpenQueries: number
  /** Keys in the read set, those of scanned ranges included. */
  readonly maxReads: number
  readonly maxWrites: number
  /** Keys and values together. */
  readonly maxWriteBytes: number
  /** Keys that all rich queries of the call look at. */
  readonly maxScannedKeys: number
  /** Keys that one rich query sorts. */
  readonly maxSortedKeys: number
  readonly maxQueryBytes: number
  /** Matching of some hundred documents with regular expressions; nobody else has his turn meanwhile. */
  readonly matchStepMs: number
  /** All matching with regular expressions in the call together. */
  readonly matchTimeMs: number
}

export const DEFAULT_SIMULATION_SETTINGS: SimulationSettings = {
  totalQueryLimit: 100_000,
  batchSize: 100,
  maxBatchBytes: 16 * 1024 * 1024,
  maxOpenQueries: 256,
  maxReads: 250_000,
  maxWrites: 50_000,
  maxWriteBytes: 32 * 1024 * 1024,
  maxScannedKeys: 1_000_000,
  maxSortedKeys: 100_000,
  maxQueryBytes: 256 * 1024,
  matchStepMs: 100,
  matchTimeMs: 5000,
}
