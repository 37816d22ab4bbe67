import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type as T, type Static, type TSchema } from '@sinclair/typebox'
import { BlockchainInfo, CONSENSUS_KEYS } from '../../api/schemas/info.js'
import { MAX_BLOCKS, MAX_HEADERS, MAX_IDS } from '../../api/schemas/sync.js'
import { MINING_MODES } from '../../mining/mode.js'
import { PACKAGE_ROOT } from '../package-info.js'
import { misfit } from './misfit.js'

const Profile = T.Object({
  admitted_ranges: T.Array(T.String()),
  verify_before_listing: T.Boolean(),
  require_chain_id: T.Boolean(),
  max_failures: T.Integer({ minimum: 1 }),
  max_candidates: T.Integer({ minimum: 1 }),
  max_candidates_per_source: T.Integer({ minimum: 1 }),
  ban_seconds: T.Number({ minimum: 0 }),
  requests_per_second: T.Integer({ minimum: 0 }),
})

const NodeDefaults = T.Object({
  default_ip_address: T.String(),
  port_min: T.Integer(),
  port_max: T.Integer(),
  default_directory: T.String(),
  default_nodes_filename: T.String(),
  default_update_interval: T.Number(),
  default_request_timeout: T.Number(),
  default_known_nodes_limit: T.Integer(),
  default_log_level: T.String(),
  default_max_body_bytes: T.Integer(),
  main_dns_server_ip_address: T.String(),
  main_dns_server_port: T.Integer(),
  discovery: T.Object({
    first_round_delay: T.Number(),
    jitter: T.Number(),
    parallel_calls: T.Integer(),
    max_reply_bytes: T.Integer(),
    max_reply_nodes: T.Integer(),
  }),
  profiles: T.Object({ dev: Profile, lan: Profile, public: Profile }),
})
export type NodeDefaults = Static<typeof NodeDefaults>

const ClientDefaults = T.Object({
  default_blockchain_filename: T.String(),
  default_blocks_foldername: T.String(),
  default_block_file_template: T.String(),
  default_transactions_filename: T.String(),
  default_wallets_filename: T.String(),
})

const DnsServerDefaults = T.Object({
  default_port: T.Integer(),
  default_blockchain_filename: T.String(),
  default_known_nodes_limit: T.Integer(),
})

const MiningMode = T.Union(MINING_MODES.map((mode) => T.Literal(mode)))

const NetworkDefaults = T.Object({
  default_nodes: T.Integer({ minimum: 1 }),
  max_nodes: T.Integer({ minimum: 1 }),
  default_base_port: T.Integer(),
  default_update_interval: T.Number(),
  default_log_level: T.String(),
  default_mining_mode: MiningMode,
  default_miners: T.Integer({ minimum: 1 }),
  chain: T.Pick(BlockchainInfo, CONSENSUS_KEYS),
})

const ConsensusDefaults = T.Object({
  coinbase_maturity: T.Integer(),
  pow_limit_bits: T.Integer(),
  retarget: T.Union([T.Literal('asert'), T.Literal('none')]),
  half_life_blocks: T.Integer(),
  genesis_time: T.Integer(),
  max_future_ms: T.Integer(),
  max_transaction_age_ms: T.Integer(),
  max_block_bytes: T.Integer(),
  max_transaction_bytes: T.Integer(),
  max_transaction_parts: T.Integer(),
})

const ChainDefaults = T.Object({
  max_branch_depth: T.Integer({ minimum: 1 }),
  max_pending_count: T.Integer({ minimum: 1 }),
  max_pending_bytes: T.Integer({ minimum: 1 }),
  max_pending_age: T.Number({ minimum: 1 }),
  max_pending_chain: T.Integer({ minimum: 1 }),
  max_pending_replaced: T.Integer({ minimum: 0 }),
  faucet_amount: T.Integer({ minimum: 1 }),
  faucet_fee: T.Integer({ minimum: 0 }),
})

const SyncDefaults = T.Object({
  poll_interval: T.Number({ exclusiveMinimum: 0 }),
  jitter: T.Number({ minimum: 0, maximum: 1 }),
  call_timeout: T.Number({ exclusiveMinimum: 0 }),
  batch_timeout: T.Number({ exclusiveMinimum: 0 }),
  stall_timeout: T.Number({ exclusiveMinimum: 0 }),
  backoff: T.Number({ exclusiveMinimum: 0 }),
  max_backoff: T.Number({ exclusiveMinimum: 0 }),
  headers_per_call: T.Integer({ minimum: 1, maximum: MAX_HEADERS }),
  max_held_headers: T.Integer({ minimum: 1 }),
  header_sessions: T.Integer({ minimum: 1 }),
  blocks_per_call: T.Integer({ minimum: 1, maximum: MAX_BLOCKS }),
  batch_bytes: T.Integer({ minimum: 1 }),
  max_answer_bytes: T.Integer({ minimum: 1 }),
  window_batches: T.Integer({ minimum: 1 }),
  inline_bytes: T.Integer({ minimum: 0 }),
  relay_peers: T.Integer({ minimum: 1 }),
  offer_delay: T.Number({ minimum: 0 }),
  ids_per_offer: T.Integer({ minimum: 1, maximum: MAX_IDS }),
  send_bytes: T.Integer({ minimum: 1 }),
  remembered_ids: T.Integer({ minimum: 1 }),
  delivery_timeout: T.Number({ exclusiveMinimum: 0 }),
})

const MiningDefaults = T.Object({
  mode: MiningMode,
  gather_time: T.Number({ minimum: 0 }),
  threads: T.Integer({ minimum: 0 }),
})

const WalletDefaults = T.Object({
  default_wallet_filename: T.String(),
  default_word_count: T.Integer(),
  default_fee: T.Number({ minimum: 0 }),
  dust_limit: T.Number({ minimum: 0 }),
  poll_interval: T.Number({ exclusiveMinimum: 0 }),
  default_wait_limit: T.Number({ minimum: 1 }),
})

const ContractDefaults = T.Object({
  default_channel: T.String(),
  default_timeout: T.Number({ exclusiveMinimum: 0 }),
  dev_organisations: T.Array(T.String()),
  port_distance: T.Integer({ minimum: 1 }),
  dev_gather_time: T.Number({ minimum: 0 }),
  dev_block_time: T.Number({ exclusiveMinimum: 0 }),
  start_delay: T.Number({ minimum: 0 }),
  close_grace: T.Number({ minimum: 0 }),
  max_running_calls: T.Integer({ minimum: 1 }),
  max_held_private_bytes: T.Integer({ minimum: 0 }),
  private_sweep_interval: T.Number({ minimum: 1 }),
  private_max_age: T.Number({ minimum: 0 }),
  max_message_bytes: T.Integer({ minimum: 1024 }),
  max_connections: T.Integer({ minimum: 1 }),
  max_connections_per_peer: T.Integer({ minimum: 1 }),
})

const RemoteDefaults = T.Object({
  execution_order: T.Union([T.Literal('parallel'), T.Literal('serial')]),
  on_dead: T.Union([T.Literal('continue'), T.Literal('halt')]),
  confirmations: T.Integer({ minimum: 1 }),
  lease: T.Number({ exclusiveMinimum: 0 }),
  max_runtime: T.Number({ exclusiveMinimum: 0 }),
  max_backlog: T.Integer({ minimum: 1 }),
  drain_grace: T.Number({ minimum: 0 }),
})

/** The files in defaults/ and what each must hold. */
export const DEFAULT_FILES = {
  node: { file: 'node_defaults.json', schema: NodeDefaults },
  client: { file: 'client_defaults.json', schema: ClientDefaults },
  dns: { file: 'dns_server_defaults.json', schema: DnsServerDefaults },
  blockchain: { file: 'blockchain_defaults.json', schema: BlockchainInfo },
  mining: { file: 'mining_defaults.json', schema: MiningDefaults },
  chain: { file: 'chain_defaults.json', schema: ChainDefaults },
  network: { file: 'network_defaults.json', schema: NetworkDefaults },
  wallet: { file: 'wallet_defaults.json', schema: WalletDefaults },
  consensus: { file: 'consensus_defaults.json', schema: ConsensusDefaults },
  sync: { file: 'sync_defaults.json', schema: SyncDefaults },
  contract: { file: 'contract_defaults.json', schema: ContractDefaults },
  remote: { file: 'remote_defaults.json', schema: RemoteDefaults },
} as const

type Defaults = { readonly [K in keyof typeof DEFAULT_FILES]: Static<(typeof DEFAULT_FILES)[K]['schema']> }

/** Every default setting there is; defaults/ is the only place that holds one. */
export const DEFAULTS = Object.fromEntries(
  Object.entries(DEFAULT_FILES).map(([name, { file, schema }]) => [name, read(file, schema)]),
) as Defaults

function read(name: string, schema: TSchema): unknown {
  const path = join(PACKAGE_ROOT, 'defaults', name)
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const fault = misfit(value, schema)
  if (fault !== undefined) throw new Error(`${path}: ${fault}`)
  return value
}
