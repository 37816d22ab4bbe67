import { assert } from '../base/errors.js'
import { chainId } from './chain-id.js'
import { compactToTarget } from './difficulty.js'
import type { ConsensusSettings } from './settings.js'

/** A chain's settings with what follows from them, computed once. */
export interface Chain {
  readonly settings: ConsensusSettings
  readonly id: string
  /** The easiest target a block may claim. */
  readonly powLimit: bigint
}

/** @throws {AssertError} when the settings name no canonical pow limit. */
export function chainOf(settings: ConsensusSettings): Chain {
  const powLimit = compactToTarget(settings.powLimitBits)
  assert(powLimit !== undefined, `pow limit ${settings.powLimitBits} is no canonical compact target`)
  return { settings, id: chainId(settings), powLimit }
}
