import { assert } from '../base/errors.js'

/** Largest timestamp, in ms since 1970: the last instant calendars of most languages can show. */
export const MAX_TIMESTAMP = 8_640_000_000_000_000

/** How many of the latest headers the median time past looks at. */
export const MEDIAN_SPAN = 11

/** The middle of the last (up to 11) timestamps of a branch; of an even number, the later middle. In ms since 1970. */
export function medianTimePast(timestamps: readonly number[]): number {
  const sorted = timestamps.slice(-MEDIAN_SPAN).sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)]
  assert(median !== undefined, 'the median time past needs a timestamp')
  return median
}
