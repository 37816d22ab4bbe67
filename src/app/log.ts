import { createRequire } from 'node:module'
import pino, { type Logger } from 'pino'
import type { PinoPretty } from 'pino-pretty'

const require = createRequire(import.meta.url)

export type { Logger }

/** Structured lines for programs, readable ones on a terminal. Secrets are never passed to it; the token's key is masked in case. */
export function createLog(level: string, isTerminal: boolean): Logger {
  const options = { level, base: null, redact: ['admin_token', 'adminToken', '*.authorization'] }
  if (!isTerminal)
    return pino(
      { ...options, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: 1, sync: true }),
    )
  // Loaded here: a node that writes to a file or a parent starts in less time without it.
  const pretty = require('pino-pretty') as typeof PinoPretty
  return pino(
    options,
    pretty({ colorize: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname', sync: true }),
  )
}
