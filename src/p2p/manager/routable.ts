import { BlockList, isIP, isIPv4 } from 'node:net'

/** Ranges that lead to no public peer: private, local, reserved, for documentation, multicast. */
const UNROUTABLE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/** Public IPv6 addresses are in 2000::/3 alone; of those, these lead nowhere. */
const UNROUTABLE_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const v4 = new BlockList()
const v6 = new BlockList()
const publicV6 = new BlockList()
for (const [network, prefix] of UNROUTABLE_V4) v4.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of UNROUTABLE_V6) v6.addSubnet(network, prefix, 'ipv6')
publicV6.addSubnet('2000::', 3, 'ipv6')

/** Whether an address (not a name) may belong to a public peer. */
export function isRoutable(address: string): boolean {
  if (isIP(address) === 0) return false
  if (isIPv4(address)) return !v4.check(address, 'ipv4')
  return publicV6.check(address, 'ipv6') && !v6.check(address, 'ipv6')
}
