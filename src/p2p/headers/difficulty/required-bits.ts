import type { HeaderRules } from '../../networks/network.js'
import { type Ancestors, PERIOD } from './ancestors.js'
import { daaBits } from './daa.js'
import { emergencyBits } from './emergency.js'
import { retarget } from './retarget.js'

/** Twice the spacing aimed at. */
const TWENTY_MINUTES = 1200

/** The bits that a header right after these ancestors must have. `time` is the header's own, in seconds. */
export function requiredBits(rules: HeaderRules, ancestors: Ancestors, time: number): number {
  const parent = ancestors.height
  if (rules.noRetarget === true) return ancestors.bits(parent)
  const height = parent + 1
  const isLate = rules.minDifficultyBlocks === true && time > ancestors.time(parent) + TWENTY_MINUTES
  if (rules.daaParentHeight !== undefined && parent >= rules.daaParentHeight)
    return isLate ? rules.powLimitBits : daaBits(ancestors, rules.powLimitBits)
  if (height % PERIOD === 0) return retarget(ancestors, rules.powLimitBits, rules.bip94 === true)
  if (rules.minDifficultyBlocks === true) return isLate ? rules.powLimitBits : ancestors.realBits
  const { emergency } = rules
  if (emergency !== undefined && height >= emergency.first && height <= emergency.last)
    return emergencyBits(ancestors, rules.powLimitBits)
  return ancestors.bits(parent)
}
