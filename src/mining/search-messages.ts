import type { SearchJob } from './nonce-range.js'

/** To a thread: what to search, in place of whatever it searched before; without a job it rests. */
export interface SearchOrder {
  /** Goes into the reports. */
  readonly id: number
  readonly job?: SearchJob
}

/** From a thread, every now and then and when it found something. */
export interface SearchReport {
  readonly id: number
  /** Tried since the last report. */
  readonly hashes: number
  /** 16 hex digits. The thread rests after it. */
  readonly nonce?: string
}
