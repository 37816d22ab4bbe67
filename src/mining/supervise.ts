import type { Sleep } from '../time/sleep.js'

export interface SuperviseOptions {
  readonly onError: (error: unknown) => void
  readonly now: () => number
  readonly sleep: Sleep
}

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000

/** Runs a job until the signal aborts. One that fails is reported and started again: soon, and later each time it fails soon. */
export async function supervise(
  job: (signal: AbortSignal) => Promise<void>,
  { onError, now, sleep }: SuperviseOptions,
  signal: AbortSignal,
): Promise<void> {
  let waitMs = FIRST_WAIT_MS
  while (!signal.aborted) {
    const startMs = now()
    try {
      await job(signal)
    } catch (error) {
      onError(error)
      if (now() - startMs > LONGEST_WAIT_MS) waitMs = FIRST_WAIT_MS
      await sleep(waitMs, signal)
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
    }
  }
}
