import { MAX_TIMESTAMP } from '../../ledger/timestamps.js'
import type { Timestamp } from '../wire/fabric.js'

/** In ms since 1970, cut; undefined for what is no time of this era. */
export function timestampMsOf({ seconds, nanos }: Timestamp): number | undefined {
  if (!Number.isSafeInteger(seconds) || nanos < 0 || nanos > 999_999_999) return undefined
  const timestampMs = seconds * 1000 + Math.floor(nanos / 1_000_000)
  return isTimestampMs(timestampMs) ? timestampMs : undefined
}

/** Whether it is a whole number of ms that the chain takes as a time. */
export function isTimestampMs(timestampMs: number): boolean {
  return Number.isSafeInteger(timestampMs) && timestampMs >= 0 && timestampMs <= MAX_TIMESTAMP
}

export function timestampOf(timestampMs: number): Timestamp {
  return { seconds: Math.floor(timestampMs / 1000), nanos: (timestampMs % 1000) * 1_000_000 }
}
