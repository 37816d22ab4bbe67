import type { RunMode } from './mode.js'

/** Block after block, as fast as the difficulty lets it. */
export const powMode: RunMode = async ({ maker, rewardAddress }, signal) => {
  while (!signal.aborted) await maker.mine({ rewardAddress, allowEmpty: true }, signal)
}
