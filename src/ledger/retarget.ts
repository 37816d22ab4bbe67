import { assert } from '../base/errors.js'
import type { Chain } from './chain.js'
import type { Branch } from './check-header-in-branch.js'
import { asertTarget, compactToTarget, targetToCompact } from './difficulty.js'

/**
 * The compact target of the block after `branch` (undefined for block 0). Follows from the parent's target and from how
 * much longer or shorter than the wanted pace the parent took; blocks 0 and 1 have the easiest target.
 */
export function nextBits({ settings, powLimit }: Chain, branch: Branch | undefined): number {
  const grandparentTimestamp = branch?.timestamps.at(-2)
  if (settings.retarget === 'none' || !branch || grandparentTimestamp === undefined)
    return settings.powLimitBits
  const blockTimeMs = settings.blockTime * 1000
  const behindMs = branch.parent.timestamp - grandparentTimestamp - blockTimeMs
  const parentTarget = compactToTarget(branch.parent.bits)
  assert(parentTarget !== undefined, 'a decoded header has canonical bits')
  const target = asertTarget(parentTarget, BigInt(behindMs), BigInt(settings.halfLifeBlocks * blockTimeMs))
  return targetToCompact(target > powLimit ? powLimit : target)
}
