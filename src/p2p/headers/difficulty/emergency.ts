import type { Ancestors } from './ancestors.js'
import { targetOfBits } from './compact.js'
import { easiest } from './retarget.js'

const TWELVE_HOURS = 43_200

/** The rule of 2017: when six blocks took twelve hours or more, the target grows by a quarter. */
export function emergencyBits(ancestors: Ancestors, powLimitBits: number): number {
  const parent = ancestors.height
  const bits = ancestors.bits(parent)
  if (bits === powLimitBits || parent < 6) return bits
  const seconds = ancestors.medianTimePast(parent) - ancestors.medianTimePast(parent - 6)
  if (seconds < TWELVE_HOURS) return bits
  const target = targetOfBits(bits)
  return easiest(target + target / 4n, powLimitBits)
}
