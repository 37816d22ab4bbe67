import { messageOf } from '../../base/errors.js'
import type { Subnet } from '../../base/ip.js'
import { PUT_ASIDE_FILE } from '../../chain/put-aside.js'
import type { MiningMode } from '../../mining/mode.js'
import type { Profile } from '../../nodes/profile.js'
import type { NodeRecord } from '../../nodes/record.js'
import { LOCK_NAME } from '../../store/data-folder.js'
import { CONTRACTS_FOLDER, NODE_KEY_FILE } from '../contracts/file-names.js'
import { NODE_STATE_FILE } from '../node-state.js'
import { DEFAULTS } from './defaults.js'
import { type Given, givenSettings, type ProgramText, type SettingName } from './layers.js'
import { SettingsError } from './errors.js'
import type { Program } from './setting.js'
import { SETTINGS } from './table.js'

/** How contracts reach the node. */
export interface ContractSettings {
  /** 0: not at all. Absent: as the profile says. */
  readonly port: number | undefined
  readonly channel: string
  readonly timeoutMs: number
  /** A folder; absent: a certificate of the node's own. */
  readonly tls: string | undefined
  readonly autoDeploy: boolean
  /** MSP ids; absent: as the profile says. */
  readonly organisations: readonly string[] | undefined
}

/** How one node is to run; read once, before anything is opened. */
export interface NodeSettings {
  readonly role: Program
  readonly ip: string
  /** Absent: a free one in the range of the defaults, remembered. 0: any free one. */
  readonly port: number | undefined
  readonly advertise: NodeRecord | undefined
  /** Absent: named after the address. */
  readonly dir: string | undefined
  readonly nodesFile: string
  readonly blockchainFile: string
  readonly blocksFolder: string
  readonly blockTemplate: string
  readonly transactionsFile: string
  readonly walletsFile: string
  readonly updateIntervalMs: number
  readonly requestTimeoutMs: number
  readonly knownNodesLimit: number
  /** Absent: as the profile says. */
  readonly maxFailures: number | undefined
  /** Absent for a seed server. */
  readonly seed: { readonly host: string; readonly port: number } | undefined
  /** Absent: by the advertised address. */
  readonly profile: Profile | undefined
  readonly mine: MiningMode
  /** Absent: development account 0 in profile dev. */
  readonly rewardAddress: string | undefined
  /** Absent: the block time of the chain. */
  readonly mineIntervalMs: number | undefined
  readonly mineThreads: number
  readonly gatherMs: number
  readonly contracts: ContractSettings
  readonly allowSubnets: readonly Subnet[]
  readonly allowHosts: readonly string[]
  readonly adminToken: string | undefined
  readonly logLevel: string
}

/**
 * The settings of a run, from flags, environment, config file and defaults.
 * @throws {SettingsError} naming what is wrong. @throws {HelpAsked} with the text to show.
 */
export async function nodeSettings(
  text: ProgramText,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<NodeSettings> {
  const settings = settingsFrom(text, await givenSettings(text, args, environment))
  checkNames(settings)
  return settings
}

function settingsFrom(text: ProgramText, given: Given): NodeSettings {
  const { node, client, dns } = DEFAULTS
  const isDns = text.program === 'dns'
  return {
    role: text.program,
    ip: value(given, 'ip') ?? node.default_ip_address,
    port: value(given, 'port') ?? (isDns ? dns.default_port : undefined),
    advertise: value(given, 'advertise'),
    dir: value(given, 'dir'),
    nodesFile: value(given, 'nodes') ?? node.default_nodes_filename,
    blockchainFile: value(given, 'blockchain') ?? client.default_blockchain_filename,
    blocksFolder: value(given, 'blocks') ?? client.default_blocks_foldername,
    blockTemplate: value(given, 'blockTemplate') ?? client.default_block_file_template,
    transactionsFile: value(given, 'transactions') ?? client.default_transactions_filename,
    walletsFile: value(given, 'wallets') ?? client.default_wallets_filename,
    updateIntervalMs: value(given, 'updateIntervalMs') ?? node.default_update_interval * 1000,
    requestTimeoutMs: value(given, 'requestTimeoutMs') ?? node.default_request_timeout * 1000,
    knownNodesLimit:
      value(given, 'knownNodesLimit') ??
      (isDns ? dns.default_known_nodes_limit : node.default_known_nodes_limit),
    maxFailures: value(given, 'maxFailures'),
    seed: isDns
      ? undefined
      : {
          host: value(given, 'dnsHost') ?? node.main_dns_server_ip_address,
          port: value(given, 'dnsPort') ?? node.main_dns_server_port,
        },
    profile: value(given, 'profile'),
    mine: value(given, 'mine') ?? DEFAULTS.mining.mode,
    rewardAddress: value(given, 'rewardAddress'),
    mineIntervalMs: value(given, 'mineIntervalMs'),
    mineThreads: value(given, 'mineThreads') ?? DEFAULTS.mining.threads,
    gatherMs: value(given, 'gatherMs') ?? DEFAULTS.mining.gather_time * 1000,
    contracts: contractSettings(given),
    allowSubnets: value(given, 'allowSubnets') ?? [],
    allowHosts: value(given, 'allowHosts') ?? [],
    adminToken: value(given, 'adminToken'),
    logLevel: value(given, 'logLevel') ?? node.default_log_level,
  }
}

function contractSettings(given: Given): ContractSettings {
  const { contract } = DEFAULTS
  return {
    port: value(given, 'contractPort'),
    channel: value(given, 'contractChannel') ?? contract.default_channel,
    timeoutMs: value(given, 'contractTimeoutMs') ?? contract.default_timeout * 1000,
    tls: value(given, 'contractTls'),
    autoDeploy: (value(given, 'contractAutoDeploy') ?? 'on') === 'on',
    organisations: value(given, 'organisations'),
  }
}

/** Two things of one name in the data folder would take each other for foreign; disks that ignore case count, too. */
function checkNames(settings: NodeSettings): void {
  const owners = new Map([
    [LOCK_NAME, LOCK_NAME],
    [NODE_STATE_FILE, NODE_STATE_FILE],
    [PUT_ASIDE_FILE, PUT_ASIDE_FILE],
    [NODE_KEY_FILE, NODE_KEY_FILE],
    [CONTRACTS_FOLDER, CONTRACTS_FOLDER],
  ])
  const names = [
    ['nodes', settings.nodesFile],
    ['blockchain', settings.blockchainFile],
    ['transactions', settings.transactionsFile],
    ['wallets', settings.walletsFile],
    ['blocks', settings.blocksFolder],
  ] as const
  for (const [setting, name] of names) {
    const flag = `--${SETTINGS[setting].flag}`
    const owner = owners.get(name.toLowerCase())
    if (owner !== undefined)
      throw new SettingsError(`${flag} is called ${name}, as ${owner} is; choose another name`)
    owners.set(name.toLowerCase(), flag)
  }
}

type ValueOf<N extends SettingName> = ReturnType<(typeof SETTINGS)[N]['read']>

function value<N extends SettingName>(given: Given, name: N): ValueOf<N> | undefined {
  const found = given[name]
  if (!found) return undefined
  try {
    return SETTINGS[name].read(found.text) as ValueOf<N>
  } catch (error) {
    throw new SettingsError(`${found.origin} ${messageOf(error)}`)
  }
}
