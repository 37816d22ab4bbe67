import { Cron } from 'croner'
import type { Schedule } from '../remote-contract.js'

const MINUTE_MS = 60_000

/** The times a schedule plans; they are the same for everybody. */
export interface PlannedTimes {
  /** The first after; undefined: none ever. In ms since 1970. */
  after(ms: number): number | undefined
  /** The last of those after `ms` and up to `upTo`. */
  lastBetween(ms: number, upTo: number): number | undefined
}

/** @throws {TypeError} for a cron line that says nothing */
export function plannedTimes(schedule: Schedule): PlannedTimes {
  return 'seconds' in schedule ? everySeconds(schedule.seconds * 1000) : byCron(schedule.cron)
}

function everySeconds(periodMs: number): PlannedTimes {
  const lastUpTo = (ms: number): number => Math.floor(ms / periodMs) * periodMs
  return {
    after: (ms) => lastUpTo(ms) + periodMs,
    lastBetween(ms, upTo) {
      const last = lastUpTo(upTo)
      return last > ms ? last : undefined
    },
  }
}

function byCron(line: string): PlannedTimes {
  const cron = new Cron(line, { timezone: 'UTC', mode: '5-part' })
  const after = (ms: number): number | undefined => cron.nextRun(new Date(ms))?.getTime()
  return {
    after,
    lastBetween(ms, upTo) {
      let from = upTo
      // Ever longer stretches before the end, until one has a planned time: that costs the same after an hour and a year.
      for (let stretchMs = MINUTE_MS; from > ms; stretchMs *= 2) {
        from = Math.max(ms, upTo - stretchMs)
        const last = lastOf(after, from, upTo)
        if (last !== undefined) return last
      }
      return undefined
    },
  }
}

function lastOf(after: (ms: number) => number | undefined, from: number, upTo: number): number | undefined {
  let last: number | undefined
  for (let next = after(from); next !== undefined && next <= upTo; next = after(next)) last = next
  return last
}
