import { appendFileSync, renameSync, statSync } from 'node:fs'

const MAX_BYTES = 1024 * 1024
const CRITICAL = 1

/** A failure that no module could be told of. */
export interface CriticalError {
  /** Milliseconds since 1970. */
  readonly timeMs: number
  /** Of the message it happened with, or of the module. */
  readonly id: string
  readonly description: string
}

/** One line: `Date|Time|Time Zone|EventLevel|Id|Critical error description`. */
export function errorLogLine({ timeMs, id, description }: CriticalError): string {
  const [date = '', time = ''] = new Date(timeMs).toISOString().slice(0, 19).split('T')
  const clean = (text: string): string => text.replaceAll(/[|\s]+/g, ' ').slice(0, 2_000)
  return `${date}|${time}|0|${CRITICAL}|${clean(id)}|${clean(description)}\n`
}

/** Appends to the file, at once: the program may be about to end. A file that is full is kept once as <path>.1. */
export function appendErrorLog(path: string, error: CriticalError): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_BYTES) renameSync(path, `${path}.1`)
  appendFileSync(path, errorLogLine(error))
}
