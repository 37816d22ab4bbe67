import { MAX_MONEY } from './amount.js'
import type { Chain } from './chain.js'

/**
 * What the block at `height` creates, in units. Ends where all the money there can be exists, so that any sum of
 * unspent outputs is an exact integer.
 */
export function blockReward({ settings: { blockReward: reward } }: Chain, height: number): number {
  if (reward === 0) return 0
  const fullRewards = Math.floor(MAX_MONEY / reward)
  if (height < fullRewards) return reward
  return height === fullRewards ? MAX_MONEY % reward : 0
}
