import type { RunMode } from './mode.js'

/** A block at a fixed pace, empty or not. Block 0 comes at once. */
export const intervalMode: RunMode = async (context, signal) => {
  const { maker, blockchain, rewardAddress, intervalMs, now, sleep } = context
  let dueMs = blockchain.height() < 0 ? now() : now() + intervalMs
  while (!signal.aborted) {
    await sleep(Math.max(0, dueMs - now()), signal)
    await maker.mine({ rewardAddress, allowEmpty: true }, signal)
    dueMs = nextDue(dueMs, intervalMs, now())
  }
}

/** The next moment of the pace that is still to come: what was missed is not made up for. */
export function nextDue(dueMs: number, intervalMs: number, nowMs: number): number {
  const steps = Math.ceil((nowMs - dueMs) / intervalMs)
  return dueMs + Math.max(1, steps) * intervalMs
}
