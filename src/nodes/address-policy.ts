import { inSubnet, ipRange, parseSubnet, type Subnet } from '../base/ip.js'
import type { NodeRecord } from './record.js'

/** Ranges that no setting admits: dialling them reaches nobody, everybody, or a machine's own services. */
const NEVER = new Set<string>(['unspecified', 'linkLocal', 'multicast', 'broadcast'])

/** Services of clouds for their own machines, at addresses outside the link-local range. */
const METADATA_SERVICES = new Set(['fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'])

/** Global unicast space of IPv6; the parser calls unassigned and embedded-IPv4 space unicast too. */
const GLOBAL_IPV6 = parseSubnet('2000::/3') as Subnet

/** Decides which addresses named by strangers may be stored and dialled. */
export class AddressPolicy {
  readonly #ranges: ReadonlySet<string>
  readonly #subnets: readonly Subnet[]

  /** @param admittedRanges ranges in ipaddr.js names. @param admittedSubnets the operator's own additions. */
  constructor(admittedRanges: readonly string[], admittedSubnets: readonly Subnet[] = []) {
    this.#ranges = new Set(admittedRanges)
    this.#subnets = admittedSubnets
  }

  /** Why a canonical record is refused, or undefined when it may be dialled. */
  refusal({ ip_address: ip }: NodeRecord): string | undefined {
    const range = ipRange(ip)
    if (NEVER.has(range)) return `${ip} is a ${range} address, which no node dials`
    if (METADATA_SERVICES.has(ip)) return `${ip} is a cloud's own service, which no node dials`
    if (this.#subnets.some((subnet) => inSubnet(ip, subnet))) return undefined
    if (!this.#ranges.has(range)) return `${ip} is a ${range} address, which this node's profile does not dial`
    if (range === 'unicast' && ip.includes(':') && !inSubnet(ip, GLOBAL_IPV6)) return `${ip} is no global address`
    return undefined
  }
}
