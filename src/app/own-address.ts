import { networkInterfaces } from 'node:os'
import { canonicalIp, ipRange } from '../base/ip.js'
import { keyOf, type NodeRecord } from '../nodes/record.js'

/** This node as others see it, and every other spelling of itself. */
export interface OwnAddress {
  readonly record: NodeRecord
  /** Addresses at which it is reached, literal. */
  readonly hosts: readonly string[]
  isSelf(record: NodeRecord): boolean
}

/** A node that listens everywhere is known by one address: the one it advertises, or the first that others can reach. */
export function ownAddress(bindIp: string, port: number, advertise: NodeRecord | undefined): OwnAddress {
  const listensEverywhere = ipRange(bindIp) === 'unspecified'
  const local = listensEverywhere ? localAddresses() : [bindIp]
  const reachable = local.find((ip) => !['loopback', 'linkLocal'].includes(ipRange(ip))) ?? local[0] ?? bindIp
  const record = advertise ?? { ip_address: reachable, port }
  const own = new Set([keyOf(record), ...local.map((ip_address) => keyOf({ ip_address, port }))])
  return {
    record,
    hosts: [...new Set([record.ip_address, ...local])],
    isSelf: (other) =>
      own.has(keyOf(other)) ||
      (listensEverywhere && other.port === port && ipRange(other.ip_address) === 'loopback'),
  }
}

function localAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => canonicalIp(address.replace(/%.*$/, '')))
    .filter((ip) => ip !== undefined)
}
