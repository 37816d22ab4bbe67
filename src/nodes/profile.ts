import { ipRange } from '../base/ip.js'

/** How far a node trusts its surroundings. */
export const PROFILES = ['dev', 'lan', 'public'] as const
export type Profile = (typeof PROFILES)[number]

/** What a profile decides; the values stand in defaults/node_defaults.json. */
export interface ProfileRules {
  /** Kinds of networks whose addresses may be dialled when strangers name them. */
  readonly admittedRanges: readonly string[]
  /** Whether a node is listed only after it has answered us. */
  readonly verifyBeforeListing: boolean
  /** Whether an answer that names no chain is refused. */
  readonly requireChainId: boolean
  /** Failed checks in a row after which a node is dropped. */
  readonly maxFailures: number
  /** Unverified nodes remembered at most, in all and from one source. */
  readonly maxCandidates: number
  readonly maxCandidatesPerSource: number
  /** How long a node that misbehaved is shunned, in ms; 0: as long as one that failed. */
  readonly banMs: number
  /** Requests per second one address may make; 0: as many as it likes. */
  readonly requestsPerSecond: number
}

/** The profile that fits the address others know a node by. */
export function profileFor(advertisedIp: string): Profile {
  const range = ipRange(advertisedIp)
  if (range === 'loopback') return 'dev'
  return range === 'unicast' ? 'public' : 'lan'
}
