import { setTimeout as delay } from 'node:timers/promises'
import type { Sleep } from '../time/sleep.js'

/** Sleeps by the clock of the machine. */
export const timerSleep: Sleep = async (ms, signal) => {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
