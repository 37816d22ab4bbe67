import type { SyncSettings } from '../../sync/settings.js'
import { DEFAULTS } from './defaults.js'

/** The defaults of sync and relay. */
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
