/** Where the library tells what it does; console and pino fit as they are. */
export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
}

/** The default: nothing is said. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
}
