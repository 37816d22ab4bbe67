import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 10

/**
 * Polls until `observe` gives something truthy, and gives it; fails loudly, naming what was waited for, at the
 * deadline. That is far off: only a fault, or a machine that does nothing at all, reaches it.
 */
export async function waitFor<T>(
  what: string,
  observe: () => T | Promise<T>,
  deadlineMs = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const seen = await observe()
    if (seen) return seen
    if (performance.now() > end)
      throw new Error(`waited ${deadlineMs} ms in vain for: ${what}; last seen: ${JSON.stringify(seen)}`)
    await delay(POLL_MS)
  }
}
