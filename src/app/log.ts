import { createRequire } from 'node:module'
import pino, { type Logger, type LoggerOptions } from 'pino'
import type { PinoPretty } from 'pino-pretty'
import { DiskLines } from './disk-lines.js'
import { LogLines } from './log-lines.js'

const STDOUT = 1

const require = createRequire(import.meta.url)

export type { Logger }

/** Structured lines for programs, readable ones on a terminal. Secrets are never passed to it; the token's key is masked in case. */
export function createLog(level: string, isTerminal: boolean): Logger {
  const diskLines = new DiskLines()
  const options: LoggerOptions = {
    level,
    base: null,
    redact: ['admin_token', 'adminToken', '*.authorization'],
    hooks: {
      logMethod(args, method) {
        if (diskLines.allows(args[0])) method.apply(this, args)
      },
    },
  }
  if (!isTerminal) return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime }, new LogLines(STDOUT))
  // Loaded here: a node that writes to a file or a parent starts in less time without it.
  const pretty = require('pino-pretty') as typeof PinoPretty
  return pino(
    options,
    pretty({ colorize: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname', sync: true }),
  )
}
