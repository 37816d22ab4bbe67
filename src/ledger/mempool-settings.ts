/** How much a node is willing to keep waiting. Nodes of one chain may differ in these. */
export interface MempoolSettings {
  readonly maxCount: number
  /** Of all transactions together, as canonical JSON. */
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** Most pending transactions that may build on one another; counts one and all it builds on. */
  readonly maxChainLength: number
  /** Most transactions one may push out by paying more. */
  readonly maxReplaced: number
}
