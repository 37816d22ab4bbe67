import type { NodeRecord } from '../api/schemas/node.js'
import { canonicalIp, ipInUrl } from '../base/ip.js'
import { assert } from '../base/errors.js'

export type { NodeRecord }

/** The record in the one spelling of its address; the schema has already refused anything but a literal address. */
export function canonicalRecord({ ip_address, port }: NodeRecord): NodeRecord {
  const ip = canonicalIp(ip_address)
  assert(ip !== undefined, `not a literal address: ${ip_address}`)
  return { ip_address: ip, port }
}

/** Identity of a node: `127.0.0.1:55000`, `[::1]:55000`. */
export function keyOf({ ip_address, port }: NodeRecord): string {
  return `${ipInUrl(ip_address)}:${port}`
}

/** Base URL of a node, built from its parts so that no text from a stranger is parsed as a URL. */
export function urlOf(record: NodeRecord): string {
  return `http://${keyOf(record)}`
}
