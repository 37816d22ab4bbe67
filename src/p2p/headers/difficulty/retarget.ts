import { type Ancestors, PERIOD } from './ancestors.js'
import { bitsOfTarget, targetOfBits } from './compact.js'

const PERIOD_SECONDS = 1_209_600

/** The bits of the first header of a period: the last period's, by the time it took, four times more or less at most. */
export function retarget(ancestors: Ancestors, powLimitBits: number, isBip94: boolean): number {
  const last = ancestors.height
  const first = last + 1 - PERIOD
  const seconds = clamp(ancestors.time(last) - ancestors.time(first), PERIOD_SECONDS / 4, PERIOD_SECONDS * 4)
  const old = targetOfBits(ancestors.bits(isBip94 ? first : last))
  return easiest((old * BigInt(seconds)) / BigInt(PERIOD_SECONDS), powLimitBits)
}

/** The bits of a target, or the limit's when that is harder. */
export function easiest(target: bigint, powLimitBits: number): number {
  const limit = targetOfBits(powLimitBits)
  return target > limit ? powLimitBits : bitsOfTarget(target)
}

export function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most)
}
