import { networkInterfaces } from 'node:os'
import type { ServerDuplexStream } from '@grpc/grpc-js'
import { canonicalIp, ipRange } from '../../base/ip.js'

type Dialling = Pick<ServerDuplexStream<unknown, unknown>, 'getPeer' | 'getAuthContext'>

/**
 * Whether whoever opened the stream may run contracts here: what its process answers is endorsed by this node. That is
 * anybody on this machine, and beyond it whoever showed a certificate of the operator's client authority.
 */
export function mayRegister(stream: Dialling, ownAddresses = addressesOfThisMachine): boolean {
  if (stream.getAuthContext().sslPeerCertificate !== undefined) return true
  const ip = addressIn(stream.getPeer())
  return ip !== undefined && (ipRange(ip) === 'loopback' || ownAddresses().includes(ip))
}

/** @param peer an address and a port, the address of IPv6 without brackets */
function addressIn(peer: string): string | undefined {
  return canonicalIp(peer.replace(/:\d+$/, ''))
}

/** Whoever dials the node at an address of this machine comes from that address. */
function addressesOfThisMachine(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((each = []) =>
    each.flatMap(({ address }) => canonicalIp(address) ?? []),
  )
}
