import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'

export type { Logger }

/** Structured lines for programs, readable ones on a terminal. Secrets are never passed to it; the token's key is masked in case. */
export function createLog(level: string, isTerminal: boolean): Logger {
  const options = { level, base: null, redact: ['admin_token', 'adminToken', '*.authorization'] }
  if (!isTerminal)
    return pino(
      { ...options, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ fd: 1, sync: true }),
    )
  return pino(
    options,
    pretty({ colorize: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname', sync: true }),
  )
}
