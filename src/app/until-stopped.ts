import { once } from 'node:events'
import type { Logger } from './log.js'

/** A stop that takes longer is cut short. */
const STOP_LIMIT_MS = 4_500

/** Told while the program is loaded: a launcher may be gone before anybody listens for its end. */
const WAS_LAUNCHED = process.connected

/**
 * Waits for SIGINT, SIGTERM, or the end of the process that launched this one, then stops in order. A second signal, or
 * a stop that hangs, ends the process at once.
 */
export async function untilStopped(stop: () => Promise<void>, log: Logger): Promise<void> {
  const waiting = new AbortController()
  const { signal } = waiting
  const reasons = ['SIGINT', 'SIGTERM', 'disconnect'].map((event) =>
    once(process, event, { signal }).then(() => event),
  )
  const reason = WAS_LAUNCHED && !process.connected ? 'disconnect' : await Promise.race(reasons)
  waiting.abort()
  await Promise.allSettled(reasons)
  for (const event of ['SIGINT', 'SIGTERM']) process.once(event, () => process.exit(130))
  const limit = setTimeout(() => {
    log.error('the stop took too long and was cut short')
    process.exit(1)
  }, STOP_LIMIT_MS)
  log.info({ reason }, 'stopping')
  await stop()
  clearTimeout(limit)
  log.info('stopped')
  if (process.connected) process.disconnect()
}
