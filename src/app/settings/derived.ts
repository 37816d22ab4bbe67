import type { FixedSettings } from '../../chain/blockchain-info.js'
import type { Profile, ProfileRules } from '../../nodes/profile.js'
import type { SyncSettings } from '../../sync/settings.js'
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

/** What bounds sync and relay. */
export function syncSettings(): SyncSettings {
  const { sync } = DEFAULTS
  return {
    pollMs: sync.poll_interval * 1000,
    jitter: sync.jitter,
    callMs: sync.call_timeout * 1000,
    batchMs: sync.batch_timeout * 1000,
    stallMs: sync.stall_timeout * 1000,
    backoffMs: sync.backoff * 1000,
    maxBackoffMs: sync.max_backoff * 1000,
    headersPerCall: sync.headers_per_call,
    maxHeldHeaders: sync.max_held_headers,
    headerSessions: sync.header_sessions,
    blocksPerCall: sync.blocks_per_call,
    batchBytes: sync.batch_bytes,
    maxAnswerBytes: sync.max_answer_bytes,
    windowBatches: sync.window_batches,
    inlineBytes: sync.inline_bytes,
    relayPeers: sync.relay_peers,
    offerDelayMs: sync.offer_delay * 1000,
    idsPerOffer: sync.ids_per_offer,
    sendBytes: sync.send_bytes,
    rememberedIds: sync.remembered_ids,
    deliveryMs: sync.delivery_timeout * 1000,
  }
}
