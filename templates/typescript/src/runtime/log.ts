type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

let isVerbose = false

/** The runtime's own words, to stderr. Never given keys, secrets or payloads. */
export const log = {
  debug: (text: string): void => {
    if (isVerbose) write('DEBUG', text)
  },
  info: (text: string): void => write('INFO', text),
  warn: (text: string): void => write('WARN', text),
  error: (text: string): void => write('ERROR', text),
}

export function beVerbose(): void {
  isVerbose = true
}

function write(level: Level, text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${level} ${text}\n`)
}
