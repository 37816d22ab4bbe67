/** How much is asked for at a time, and how long is waited for it. */
export interface DownloadLimits {
  /** Blocks asked of one peer at a time; 16. */
  readonly perPeer: number
  /** Blocks asked for or waiting to be delivered, counted from the first that is not delivered; 1024. */
  readonly window: number
  /** Bytes asked for or waiting to be delivered, by what is known of sizes; 256 MiB. One block is always asked for. */
  readonly maxBytes: number
  /** A peer that owes blocks and sends none of their bytes for so long has stalled; 10,000. */
  readonly stallMs: number
  /** A peer that sends less than this gives its blocks up to others, where there are others; 100,000. */
  readonly minBytesPerSecond: number
  /** Over how long that is measured; 10,000. */
  readonly rateMs: number
  /** For one block, from the request to its end; 600,000. */
  readonly blockMs: number
  /** A peer that stalled, was slow or too busy is left alone for so long, then tried with one block; 30,000. */
  readonly restMs: number
  /** A block that failed on so many peers fails the download; 5. */
  readonly attempts: number
  /** Without any peer for so long the download fails; 60,000. */
  readonly noPeersMs: number
}

export const DEFAULT_LIMITS: DownloadLimits = {
  perPeer: 16,
  window: 1024,
  maxBytes: 256 * 2 ** 20,
  stallMs: 10_000,
  minBytesPerSecond: 100_000,
  rateMs: 10_000,
  blockMs: 600_000,
  restMs: 30_000,
  attempts: 5,
  noPeersMs: 60_000,
}
