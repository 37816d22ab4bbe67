import { basename, join } from 'node:path'
import type { NodeRecord } from '../../nodes/record.js'
import { DEFAULTS } from '../settings/defaults.js'
import type { Program } from '../settings/setting.js'
import { freePorts, takenPort } from './free-ports.js'
import type { NetworkSettings } from './network-settings.js'

/** One node of a network that is to be started. */
export interface NodePlan {
  /** How people tell it from the others: `dns`, or its port. */
  readonly name: string
  readonly program: Program
  readonly port: number
  /** Its data folder. */
  readonly folder: string
  /** Whether contracts and their clients may dial it. */
  readonly takesContracts: boolean
}

export interface NetworkPlan {
  readonly seed: NodePlan
  readonly clients: readonly NodePlan[]
}

/**
 * Settles every port, so that folders can be named after them and found again.
 * @throws {Error} one line for people: a port is taken
 */
export async function planNetwork(settings: NetworkSettings): Promise<NetworkPlan> {
  const { nodes, basePort, dnsPort, ip } = settings
  const given = basePort === 0 ? [] : Array.from({ length: nodes }, (_, index) => basePort + index)
  const reserved = new Set([...given, ...(dnsPort === 0 ? [] : [dnsPort])])
  const taken = await takenPort([...reserved], ip)
  if (taken !== undefined) {
    const flag = taken === dnsPort ? '--dns-port' : '--base-port'
    throw new Error(`port ${taken} of ${ip} is taken by another program; choose another with ${flag}`)
  }
  const wanted = (basePort === 0 ? nodes : 0) + (dnsPort === 0 ? 1 : 0)
  const free = await freePorts(wanted, ip, reserved)
  const clientPorts = basePort === 0 ? free.splice(0, nodes) : given
  const seedPort = free[0] ?? dnsPort
  return {
    seed: {
      name: 'dns',
      program: 'dns',
      port: seedPort,
      folder: folderOf(settings, seedPort),
      takesContracts: false,
    },
    clients: clientPorts.map((port, index) => ({
      name: String(port),
      program: 'client',
      port,
      folder: folderOf(settings, port),
      takesContracts: index === 0,
    })),
  }
}

/** The command line of a node; clients are told where the seed server is. */
export function argsOf(plan: NodePlan, settings: NetworkSettings, seed: NodeRecord | undefined): string[] {
  const common = ['--ip', settings.ip, '--port', String(plan.port), '--dir', plan.folder]
  const pace = ['--upd_int', String(settings.updateIntervalMs / 1000), '--log-level', settings.logLevel]
  if (!seed) return [...common, ...pace]
  const limit = Math.max(DEFAULTS.node.default_known_nodes_limit, settings.nodes - 1)
  const finding = ['--dns_ip', seed.ip_address, '--dns_port', String(seed.port), '--kn_limit', String(limit)]
  // Who mines is told later, once the node is on the chain of the network: before, it would begin one of its own.
  // Contracts dial one node: the first; a network of many would load the same many times.
  const contracts = plan.takesContracts ? [] : ['--contract-port', '0']
  return [...common, ...pace, ...finding, '--mine', 'off', ...contracts]
}

/** Named as a node that chooses its own folder would name it. */
function folderOf({ directory, ip }: NetworkSettings, port: number): string {
  const name = basename(DEFAULTS.node.default_directory)
    .replaceAll('{ip}', ip.replaceAll(':', '-'))
    .replaceAll('{port}', String(port))
  return join(directory, name)
}
