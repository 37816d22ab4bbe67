import type { Readable, Writable } from 'node:stream'

/** What the commands of the wallet meet of the world. */
export interface Io {
  readonly input: Readable & { readonly isTTY?: boolean }
  /** Results, and nothing else. */
  readonly output: Writable & { readonly isTTY?: boolean }
  /** Questions, progress and warnings, so that results can be piped. */
  readonly talk: Writable & { readonly isTTY?: boolean }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export const PROCESS_IO: Io = {
  input: process.stdin,
  output: process.stdout,
  talk: process.stderr,
  environment: process.env,
  now: Date.now,
}

/** Whether somebody sits there who can be asked. */
export function canAsk({ input, talk }: Io): boolean {
  return input.isTTY === true && talk.isTTY === true
}
