import { format } from 'node:util'

/** What `ctx.logging.getLogger` gives: a line on standard error for each call whose level is on. */
export interface Logger {
  level: string
  fatal(message: unknown, ...more: readonly unknown[]): void
  error(message: unknown, ...more: readonly unknown[]): void
  warn(message: unknown, ...more: readonly unknown[]): void
  info(message: unknown, ...more: readonly unknown[]): void
  debug(message: unknown, ...more: readonly unknown[]): void
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug'] as const
type Level = (typeof LEVELS)[number]

/** The names Fabric has for them. */
const FABRIC_LEVELS: Readonly<Record<string, Level>> = {
  CRITICAL: 'fatal',
  ERROR: 'error',
  WARNING: 'warn',
  INFO: 'info',
  DEBUG: 'debug',
}

const loggers = new Map<string, Logger>()

const levelOf = (name: string | undefined): Level => FABRIC_LEVELS[name?.toUpperCase() ?? ''] ?? 'info'

/** The logger of this name, at the level that CORE_CHAINCODE_LOGGING_LEVEL says (INFO where it says nothing). */
export function getLogger(name: string): Logger {
  const logger = loggers.get(name) ?? createLogger(name)
  logger.level = levelOf(process.env['CORE_CHAINCODE_LOGGING_LEVEL'])
  loggers.set(name, logger)
  return logger
}

/** For all loggers, at once: CRITICAL, ERROR, WARNING, INFO or DEBUG. */
export function setLevel(level: string): void {
  process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = level
  for (const logger of loggers.values()) logger.level = levelOf(level)
}

function createLogger(name: string): Logger {
  const write =
    (level: Level) =>
    (message: unknown, ...more: readonly unknown[]): void => {
      if (LEVELS.indexOf(level) > LEVELS.indexOf(logger.level as Level)) return
      process.stderr.write(`${new Date().toISOString()} ${level} [${name}] ${format(message, ...more)}\n`)
    }
  const logger: Logger = {
    level: 'info',
    fatal: write('fatal'),
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
  }
  return logger
}
