import { MINING_MODES } from '../../mining/mode.js'
import { PROFILES } from '../../nodes/profile.js'
import { CONTRACT_DEFAULT_TEXTS, CONTRACT_SETTINGS } from './contract-table.js'
import { DEFAULTS } from './defaults.js'
import {
  blockTemplate,
  coinAddress,
  fileName,
  hostName,
  integerIn,
  ipAddress,
  ipAndPort,
  listOf,
  oneOf,
  path,
  type Program,
  secondsIn,
  secret,
  setting,
  subnet,
} from './setting.js'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const both: readonly Program[] = ['client', 'dns']
const client: readonly Program[] = ['client']
const { node } = DEFAULTS

/** Every setting, in the order of the help text. Short flags and the underscored names are those of the original program. */
export const SETTINGS = {
  ip: setting({
    flag: 'ip',
    short: 'i',
    group: 'Address',
    programs: both,
    read: ipAddress,
    describe: 'address to listen on',
  }),
  port: setting({
    flag: 'port',
    short: 'p',
    group: 'Address',
    programs: both,
    read: integerIn(0, 65535),
    describe: 'port to listen on (0: any free one)',
  }),
  advertise: setting({
    flag: 'advertise',
    group: 'Address',
    programs: both,
    read: ipAndPort,
    describe: 'address others reach this node at, where it is not the one it listens on',
  }),
  dir: setting({
    flag: 'dir',
    short: 'd',
    group: 'Files',
    programs: both,
    read: path,
    describe: 'data folder of this node',
  }),
  nodes: setting({
    flag: 'nodes',
    short: 'n',
    group: 'Files',
    programs: both,
    read: fileName,
    describe: 'file of the known nodes',
  }),
  blockchain: setting({
    flag: 'blockchain',
    short: 'b',
    group: 'Files',
    programs: client,
    read: fileName,
    describe: 'file of the blockchain info',
  }),
  blocks: setting({
    flag: 'blocks',
    short: 'bf',
    group: 'Files',
    programs: client,
    read: fileName,
    describe: 'folder of the blocks',
  }),
  blockTemplate: setting({
    flag: 'block_temp',
    short: 'bt',
    group: 'Files',
    programs: client,
    read: blockTemplate,
    describe: 'start of a block file’s name',
  }),
  transactions: setting({
    flag: 'transactions',
    short: 't',
    group: 'Files',
    programs: client,
    read: fileName,
    describe: 'file of the pending transactions',
  }),
  wallets: setting({
    flag: 'wallets',
    short: 'w',
    group: 'Files',
    programs: client,
    read: fileName,
    describe: 'file of the wallets',
  }),
  updateIntervalMs: setting({
    flag: 'upd_int',
    short: 'u',
    group: 'Finding nodes',
    programs: both,
    read: secondsIn(0.05, 86_400),
    describe: 'seconds between two rounds of looking for nodes',
  }),
  knownNodesLimit: setting({
    flag: 'kn_limit',
    short: 'k',
    group: 'Finding nodes',
    programs: both,
    read: integerIn(1, 1000),
    describe: 'nodes to look for; others may introduce themselves up to twice as many',
  }),
  dnsHost: setting({
    flag: 'dns_ip',
    short: 'di',
    group: 'Finding nodes',
    programs: client,
    read: hostName,
    describe: 'address or name of the seed server',
  }),
  dnsPort: setting({
    flag: 'dns_port',
    short: 'dp',
    group: 'Finding nodes',
    programs: client,
    read: integerIn(1, 65535),
    describe: 'port of the seed server',
  }),
  requestTimeoutMs: setting({
    flag: 'request-timeout',
    group: 'Finding nodes',
    programs: both,
    read: secondsIn(0.05, 600),
    describe: 'most seconds for a whole call to another node',
  }),
  maxFailures: setting({
    flag: 'max-failures',
    group: 'Finding nodes',
    programs: both,
    read: integerIn(1, 100),
    describe: 'failed checks in a row after which a node is dropped',
  }),
  mine: setting({
    flag: 'mine',
    short: 'm',
    group: 'Mining',
    programs: client,
    read: oneOf(...MINING_MODES),
    describe: `when to make blocks: ${MINING_MODES.join(', ')}`,
  }),
  rewardAddress: setting({
    flag: 'reward-address',
    short: 'ra',
    group: 'Mining',
    programs: client,
    read: coinAddress,
    describe: 'address that the rewards go to',
  }),
  mineIntervalMs: setting({
    flag: 'mine-interval',
    group: 'Mining',
    programs: client,
    read: secondsIn(0.01, 31_536_000),
    describe: 'seconds between two blocks in mode interval',
  }),
  mineThreads: setting({
    flag: 'mine-threads',
    group: 'Mining',
    programs: client,
    read: integerIn(0, 256),
    describe: 'threads that search (0: one less than there are cores)',
  }),
  gatherMs: setting({
    flag: 'gather-time',
    group: 'Mining',
    programs: client,
    read: secondsIn(0, 3600),
    describe: 'seconds that mode auto waits for more transactions',
  }),
  ...CONTRACT_SETTINGS,
  profile: setting({
    flag: 'profile',
    group: 'Trust',
    programs: both,
    read: oneOf(...PROFILES),
    describe: `how far to trust the surroundings: ${PROFILES.join(', ')}`,
  }),
  allowSubnets: setting({
    flag: 'allow-subnet',
    group: 'Trust',
    programs: both,
    read: listOf(subnet),
    describe: 'networks whose nodes may be dialled beyond those of the profile',
  }),
  allowHosts: setting({
    flag: 'allow-host',
    group: 'Trust',
    programs: both,
    read: listOf(hostName),
    describe: 'names this node answers to, and whose pages may use it',
  }),
  adminToken: setting({
    flag: 'admin-token',
    group: 'Trust',
    programs: both,
    read: secret,
    describe: 'secret that operations changing the node must carry (better given as TERRARIUM_ADMIN_TOKEN)',
  }),
  logLevel: setting({
    flag: 'log-level',
    group: 'Running',
    programs: both,
    read: oneOf(...LOG_LEVELS),
    describe: `what to log: ${LOG_LEVELS.join(', ')}`,
  }),
}

/** What the help text says of a setting nobody gives. */
export const DEFAULT_TEXTS: Readonly<Record<Program, Partial<Record<keyof typeof SETTINGS, string>>>> = {
  client: {
    ...commonDefaults(),
    port: `a free one from ${node.port_min} to ${node.port_max - 1}, kept in the data folder`,
    blockchain: DEFAULTS.client.default_blockchain_filename,
    blocks: DEFAULTS.client.default_blocks_foldername,
    blockTemplate: DEFAULTS.client.default_block_file_template,
    transactions: DEFAULTS.client.default_transactions_filename,
    wallets: DEFAULTS.client.default_wallets_filename,
    knownNodesLimit: String(node.default_known_nodes_limit),
    mine: DEFAULTS.mining.mode,
    rewardAddress: 'in profile dev: development account 0',
    mineIntervalMs: 'block_time of the chain',
    mineThreads: String(DEFAULTS.mining.threads),
    gatherMs: String(DEFAULTS.mining.gather_time),
    ...CONTRACT_DEFAULT_TEXTS,
    dnsHost: node.main_dns_server_ip_address,
    dnsPort: String(node.main_dns_server_port),
  },
  dns: {
    ...commonDefaults(),
    port: String(DEFAULTS.dns.default_port),
    knownNodesLimit: String(DEFAULTS.dns.default_known_nodes_limit),
  },
}

function commonDefaults(): Partial<Record<keyof typeof SETTINGS, string>> {
  return {
    ip: node.default_ip_address,
    dir: node.default_directory,
    nodes: node.default_nodes_filename,
    updateIntervalMs: String(node.default_update_interval),
    requestTimeoutMs: String(node.default_request_timeout),
    maxFailures: PROFILES.map((name) => `${name}: ${node.profiles[name].max_failures}`).join(', '),
    profile: 'dev on loopback, lan on private addresses, public beyond',
    logLevel: node.default_log_level,
  }
}
