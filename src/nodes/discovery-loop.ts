import type { Sleep } from '../time/sleep.js'

export interface LoopOptions {
  readonly round: () => Promise<unknown>
  readonly onError: (error: unknown) => void
  readonly firstDelayMs: number
  readonly intervalMs: number
  /** Share of the interval by which it varies, so that nodes started together drift apart. */
  readonly jitter: number
  readonly random: () => number
  readonly sleep: Sleep
}

/** Runs rounds until the signal aborts. Sleeps after every round, whatever it found: a full list is no reason to spin. */
export async function discoveryLoop(options: LoopOptions, signal: AbortSignal): Promise<void> {
  const { intervalMs, jitter, random, sleep } = options
  await sleep(options.firstDelayMs, signal)
  while (!signal.aborted) {
    await options.round().catch(options.onError)
    await sleep(intervalMs * (1 + jitter * (2 * random() - 1)), signal)
  }
}
