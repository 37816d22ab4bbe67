import { basename, dirname } from 'node:path'
import { MAX_BLOCK_TIME } from '../../api/schemas/info.js'
import { messageOf } from '../../base/errors.js'
import { MINING_MODES, type MiningMode } from '../../mining/mode.js'
import { commandLine, parse } from '../settings/command-line.js'
import { DEFAULTS } from '../settings/defaults.js'
import { SettingsError } from '../settings/errors.js'
import { integerIn, ipAddress, oneOf, path, secondsIn, type Setting } from '../settings/setting.js'
import { LOG_LEVELS } from '../settings/table.js'

/** How a network is to run. */
export interface NetworkSettings {
  /** Clients; the seed server comes on top. */
  readonly nodes: number
  readonly ip: string
  /** Port of the first client, the others follow; 0: free ones. */
  readonly basePort: number
  /** 0: a free one. */
  readonly dnsPort: number
  /** Folder of the nodes' data folders. */
  readonly directory: string
  readonly updateIntervalMs: number
  readonly logLevel: string
  readonly mine: MiningMode
  /** How many of the clients mine. */
  readonly miners: number
  /** Wanted pace of blocks of a new chain, in seconds; undefined: as is usual, or as the chain has it. */
  readonly blockTime: number | undefined
}

const MAX_PORT = 65_535
const { node, dns, network } = DEFAULTS

type Option<T> = Pick<Setting<T>, 'flag' | 'describe' | 'read'> & { readonly fallback: string }
const option = <T>(definition: Option<T>): Option<T> => definition

const OPTIONS = {
  nodes: option({
    flag: 'nodes',
    read: integerIn(1, network.max_nodes),
    fallback: String(network.default_nodes),
    describe: `how many nodes, up to ${network.max_nodes}; the seed server comes on top`,
  }),
  basePort: option({
    flag: 'base-port',
    read: integerIn(0, MAX_PORT),
    fallback: String(network.default_base_port),
    describe: 'port of the first node, the others follow (0: any free ones)',
  }),
  dnsPort: option({
    flag: 'dns-port',
    read: integerIn(0, MAX_PORT),
    fallback: String(dns.default_port),
    describe: 'port of the seed server (0: any free one)',
  }),
  ip: option({
    flag: 'ip',
    read: ipAddress,
    fallback: node.default_ip_address,
    describe: 'address all of them listen on',
  }),
  directory: option({
    flag: 'directory',
    read: path,
    fallback: dirname(node.default_directory),
    describe: `where their data folders are, each as ${basename(node.default_directory)}`,
  }),
  updateIntervalMs: option({
    flag: 'update-interval',
    read: secondsIn(0.05, 86_400),
    fallback: String(network.default_update_interval),
    describe: 'seconds between two rounds of looking for nodes',
  }),
  logLevel: option({
    flag: 'log-level',
    read: oneOf(...LOG_LEVELS),
    fallback: network.default_log_level,
    describe: `what to log: ${LOG_LEVELS.join(', ')}`,
  }),
  mine: option({
    flag: 'mine',
    read: oneOf(...MINING_MODES),
    fallback: network.default_mining_mode,
    describe: `when blocks are made: ${MINING_MODES.join(', ')}`,
  }),
  miners: option({
    flag: 'miners',
    read: integerIn(1, network.max_nodes),
    fallback: String(network.default_miners),
    describe: 'how many of the nodes mine',
  }),
  blockTime: option({
    flag: 'block-time',
    read: integerIn(1, MAX_BLOCK_TIME),
    fallback: String(network.chain.block_time),
    describe: 'seconds between two blocks of a new chain',
  }),
}

/**
 * The settings of a network, from flags and defaults.
 * @throws {SettingsError} naming what is wrong. @throws {HelpAsked} with the text to show.
 */
export async function networkSettings(args: readonly string[]): Promise<NetworkSettings> {
  const parser = commandLine(
    'terrarium network',
    '[options]',
    'Runs a seed server and several nodes on this machine, and shows how they find each other and build a chain.\nCtrl-C stops them all; the next run goes on from the same folders.',
  )
    .demandCommand(0, 0, '', 'takes no words, only options')
    .example('$0', `${network.default_nodes} nodes from port ${network.default_base_port} on`)
    .example('$0 --nodes 8 --update-interval 0.5', 'a larger network in more of a hurry')
    .example('$0 --mine pow --miners 2', 'two miners in a race')
    .example('$0 --base-port 0 --dns-port 0', 'beside another network')
    .epilogue('Settings in the environment (TERRARIUM_PROFILE=lan) reach all nodes.')
  for (const { flag, describe, fallback } of Object.values(OPTIONS)) {
    parser.option(flag, { type: 'string', requiresArg: true, describe: `${describe} [${fallback}]` })
  }
  const flags = await parse(parser, args)
  const settings = {
    nodes: value(OPTIONS.nodes, flags),
    ip: value(OPTIONS.ip, flags),
    basePort: value(OPTIONS.basePort, flags),
    dnsPort: value(OPTIONS.dnsPort, flags),
    directory: value(OPTIONS.directory, flags),
    updateIntervalMs: value(OPTIONS.updateIntervalMs, flags),
    logLevel: value(OPTIONS.logLevel, flags),
    mine: value(OPTIONS.mine, flags),
    miners: value(OPTIONS.miners, flags),
    blockTime: flags[OPTIONS.blockTime.flag] === undefined ? undefined : value(OPTIONS.blockTime, flags),
  }
  checkPorts(settings)
  if (settings.miners > settings.nodes)
    throw new SettingsError(`--miners ${settings.miners} are more than the ${settings.nodes} nodes`)
  return settings
}

function value<T>(
  { flag, read, fallback }: Option<T>,
  flags: Readonly<Record<string, string | undefined>>,
): T {
  try {
    return read(flags[flag] ?? fallback)
  } catch (error) {
    throw new SettingsError(`--${flag} ${messageOf(error)}`)
  }
}

function checkPorts({ nodes, basePort, dnsPort }: NetworkSettings): void {
  if (basePort === 0) return
  const last = basePort + nodes - 1
  if (last > MAX_PORT)
    throw new SettingsError(`--base-port ${basePort} leaves no room for ${nodes} nodes below ${MAX_PORT + 1}`)
  if (dnsPort >= basePort && dnsPort <= last)
    throw new SettingsError(`--dns-port ${dnsPort} is a port of the nodes, which take ${basePort} to ${last}`)
}
