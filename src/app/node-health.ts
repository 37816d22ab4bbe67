import type { Health } from '../api/methods/health.js'
import type { BlockchainInfoKeeper } from '../chain/blockchain-info.js'
import type { Profile } from '../nodes/profile.js'
import type { ClientChain } from './client-chain.js'
import type { NodeFinder } from './node-finder.js'
import { VERSION } from './package-info.js'
import type { NodeSettings } from './settings/node-settings.js'

export interface HealthFacts {
  readonly settings: Pick<NodeSettings, 'role'>
  readonly profile: Profile
  readonly info: BlockchainInfoKeeper
  readonly finder: NodeFinder
  /** Undefined for a seed server. */
  readonly chain: ClientChain | undefined
  readonly uptimeMs: number
}

export function nodeHealth({ settings, profile, info, finder, chain, uptimeMs }: HealthFacts): Health {
  return {
    status: 'ok',
    role: settings.role,
    version: VERSION,
    profile,
    chain_id: info.chainId(),
    height: info.get().height,
    tip_hash: chain?.blockchain.tip()?.hash ?? null,
    pending_transactions: chain?.pending.pool.size ?? 0,
    known_nodes: finder.known.list().length,
    rounds: finder.rounds,
    seed_reachable: finder.seedReachable,
    uptime_seconds: Math.floor(uptimeMs / 1000),
  }
}
