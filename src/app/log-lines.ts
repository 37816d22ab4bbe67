import { writeSync } from 'node:fs'
import { hasCode } from '../store/error-code.js'

/** A reader that is this slow does without a line. */
const MOST_TRIES = 200
const PAUSE_MS = 5

/**
 * Lines on a file descriptor, each written before the next. What it does not take, being a file on a full disk or a pipe that
 * nobody reads, is lost: a log must not end what it tells of, nor gather in memory.
 */
export class LogLines {
  readonly #fd: number
  /** The last line is there in part only. */
  #isBroken = false

  constructor(fd: number) {
    this.#fd = fd
  }

  write(line: string): void {
    const bytes = Buffer.from(this.#isBroken ? `\n${line}` : line)
    let at = 0
    try {
      for (let tries = 0; at < bytes.length && tries < MOST_TRIES; tries++)
        at += this.#some(bytes.subarray(at))
    } catch {
      // Nobody is left to be told.
    }
    if (at > 0) this.#isBroken = at < bytes.length
  }

  #some(bytes: Uint8Array): number {
    try {
      return writeSync(this.#fd, bytes)
    } catch (error) {
      if (!hasCode(error, 'EAGAIN')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
      return 0
    }
  }
}
