import type { LogChunk } from '../../wire/remote.js'
import type { LogRow } from './rows.js'

/** REM-22: of both streams together, in UTF-16 code units. */
export const LOG_LIMIT = 65_536

/** Beginning and end of each stream where both together are too long. Undefined: they say nothing. */
export function cappedLogs(logs: LogChunk | undefined, limit = LOG_LIMIT): LogRow | undefined {
  if (!logs || (logs.stdout === '' && logs.stderr === '')) return undefined
  const { stdout, stderr, truncated } = logs
  if (stdout.length + stderr.length <= limit) return { stdout, stderr, truncated }
  const half = limit / 2
  const outLimit = Math.max(half, limit - stderr.length)
  const errLimit = Math.max(half, limit - stdout.length)
  return { stdout: headAndTail(stdout, outLimit), stderr: headAndTail(stderr, errLimit), truncated: true }
}

function headAndTail(text: string, limit: number): string {
  if (text.length <= limit) return text
  const gap = '\n…\n'
  const half = Math.floor((limit - gap.length) / 2)
  // A cut may go through a surrogate pair: the halves become U+FFFD.
  return Buffer.from(`${text.slice(0, half)}${gap}${text.slice(-half)}`).toString()
}
