import type { FixedSettings } from '../../chain/blockchain-info.js'
import type { Profile, ProfileRules } from '../../nodes/profile.js'
import { DEFAULTS } from './defaults.js'
import type { NodeSettings } from './node-settings.js'

/** What the profile decides, with the operator's exceptions. */
export function profileRules(profile: Profile, settings: Pick<NodeSettings, 'maxFailures'>): ProfileRules {
  const rules = DEFAULTS.node.profiles[profile]
  return {
    admittedRanges: rules.admitted_ranges,
    verifyBeforeListing: rules.verify_before_listing,
    requireChainId: rules.require_chain_id,
    maxFailures: settings.maxFailures ?? rules.max_failures,
    maxCandidates: rules.max_candidates,
    maxCandidatesPerSource: rules.max_candidates_per_source,
    banMs: rules.ban_seconds * 1000,
    requestsPerSecond: rules.requests_per_second,
  }
}

/** Consensus settings that every network shares unless its operators change the defaults file on all nodes. */
export function fixedSettings(): FixedSettings {
  const { consensus } = DEFAULTS
  return {
    coinbaseMaturity: consensus.coinbase_maturity,
    powLimitBits: consensus.pow_limit_bits,
    retarget: consensus.retarget,
    halfLifeBlocks: consensus.half_life_blocks,
    genesisTime: consensus.genesis_time,
    maxFutureMs: consensus.max_future_ms,
    maxTransactionAgeMs: consensus.max_transaction_age_ms,
    maxBlockBytes: consensus.max_block_bytes,
    maxTransactionBytes: consensus.max_transaction_bytes,
    maxTransactionParts: consensus.max_transaction_parts,
  }
}
