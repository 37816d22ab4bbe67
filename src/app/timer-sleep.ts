import { setTimeout as delay } from 'node:timers/promises'
import type { Sleep } from '../nodes/discovery-loop.js'

/** Sleeps by the clock of the machine. */
export const timerSleep: Sleep = async (ms, signal) => {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
