import type { Ancestors } from './ancestors.js'
import { clamp, easiest } from './retarget.js'
import { targetOfWork } from './work.js'

const SPAN = 144
const SPACING_SECONDS = 600

/** The rule since November 2017: the work of about 144 blocks over the time they took. */
export function daaBits(ancestors: Ancestors, powLimitBits: number): number {
  const parent = ancestors.height
  const last = suitable(ancestors, parent)
  const first = suitable(ancestors, parent - SPAN)
  const seconds = clamp(
    ancestors.time(last) - ancestors.time(first),
    (SPAN / 2) * SPACING_SECONDS,
    SPAN * 2 * SPACING_SECONDS,
  )
  const work = (ancestors.workBetween(first, last) * BigInt(SPACING_SECONDS)) / BigInt(seconds)
  return easiest(targetOfWork(work), powLimitBits)
}

/** Of three headers up to this height the one with the median time; how ties fall is part of the rule. */
function suitable(ancestors: Ancestors, height: number): number {
  let [early, middle, late] = [height - 2, height - 1, height]
  if (ancestors.time(early) > ancestors.time(late)) [early, late] = [late, early]
  if (ancestors.time(early) > ancestors.time(middle)) [early, middle] = [middle, early]
  if (ancestors.time(middle) > ancestors.time(late)) [middle, late] = [late, middle]
  return middle
}
