import { isIPv6 } from 'node:net'
import { UsageError } from '../errors.js'

/** Where a peer listens. */
export interface PeerAddress {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
}

const BRACKETED = /^\[([^\]]+)\](?::(\d{1,5}))?$/
const PLAIN = /^([^:[\]\s]+)(?::(\d{1,5}))?$/

/**
 * Reads `host`, `host:port`, `[::1]`, `[::1]:port` or a bare IPv6 address; the port may be left to `defaultPort`.
 * @throws {UsageError} for anything else.
 */
export function parseAddress(text: string, defaultPort: number): PeerAddress {
  if (isIPv6(text)) return { host: text.toLowerCase(), port: defaultPort }
  const bracketed = BRACKETED.exec(text)
  const match = bracketed ?? PLAIN.exec(text)
  const host = match?.[1]
  const port = match?.[2] === undefined ? defaultPort : Number(match[2])
  if (host === undefined || port < 1 || port > 65_535 || (bracketed !== null && !isIPv6(host)))
    throw new UsageError(`not the address of a peer: ${text}`)
  return { host: host.toLowerCase(), port }
}

/** The name of an address in lists and files: `host:port`, IPv6 in brackets. */
export function addressKey({ host, port }: PeerAddress): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`
}
