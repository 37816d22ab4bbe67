import { type Profile, profileFor } from '../nodes/profile.js'
import { ownAddress } from './own-address.js'
import { SettingsError } from './settings/errors.js'
import type { NodeSettings } from './settings/node-settings.js'

/** How far a node trusts its surroundings: as it is told, or else by the address others know it by. */
export function profileOf({ profile, ip, advertise }: NodeSettings): Profile {
  return profile ?? profileFor(ownAddress(ip, 0, advertise).record.ip_address)
}

/**
 * On a developer's machine rewards go to the first development account, whose key everybody has; elsewhere somebody must
 * be named. @throws {SettingsError} when nobody is
 */
export function checkRewardAddress(settings: NodeSettings): void {
  const profile = profileOf(settings)
  if (profile === 'dev' || settings.mine === 'off' || settings.rewardAddress !== undefined) return
  throw new SettingsError(`--mine ${settings.mine} needs --reward-address in profile ${profile}`)
}
