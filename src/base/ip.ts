import ipaddr from 'ipaddr.js'

/** The kind of network an address belongs to (ipaddr.js names, RFC 6890). */
export type IpRange = ReturnType<ipaddr.IPv4['range']> | ReturnType<ipaddr.IPv6['range']>

/** A block of addresses, such as 10.0.0.0/8. */
export interface Subnet {
  readonly network: string
  readonly prefixLength: number
}

/**
 * The one spelling of a literal IP address, or undefined when the text is anything else: a host name, a short, octal,
 * hexadecimal or decimal form (which URL parsers would turn into an address), a zone, a port, white space.
 * An IPv4 address mapped into IPv6 becomes IPv4.
 */
export function canonicalIp(text: string): string | undefined {
  return parseIp(text)?.toString()
}

/** The kind of network of a literal address. @throws {TypeError} when the text is no literal address. */
export function ipRange(text: string): IpRange {
  return requireIp(text).range()
}

/** Whether `ip` lies in `subnet`; addresses of the other family never do. */
export function inSubnet(ip: string, subnet: Subnet): boolean {
  const address = requireIp(ip)
  const network = requireIp(subnet.network)
  return address.kind() === network.kind() && address.match(network, subnet.prefixLength)
}

/** Reads `10.0.0.0/8` or a single address; undefined when it is neither. */
export function parseSubnet(text: string): Subnet | undefined {
  const [network = '', prefix, ...rest] = text.split('/')
  const address = parseIp(network)
  if (!address || rest.length > 0) return undefined
  const maxPrefix = address.kind() === 'ipv4' ? 32 : 128
  if (prefix === undefined) return { network: address.toString(), prefixLength: maxPrefix }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > maxPrefix) return undefined
  return { network: address.toString(), prefixLength: Number(prefix) }
}

/** The address as it stands in a URL: IPv6 in brackets. */
export function ipInUrl(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip
}

function parseIp(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (!/^[0-9a-fA-F:.]{2,45}$/.test(text) || !text.includes(':')) return undefined
  const hextets = withoutDottedTail(text)
  if (hextets === undefined || !ipaddr.IPv6.isValid(hextets)) return undefined
  const address = ipaddr.IPv6.parse(hextets)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

/** `::ffff:1.2.3.4` as `::ffff:102:304`: the parser reads dotted tails too liberally. */
function withoutDottedTail(text: string): string | undefined {
  if (!text.includes('.')) return text
  const start = text.lastIndexOf(':') + 1
  const tail = text.slice(start)
  if (!ipaddr.IPv4.isValidFourPartDecimal(tail)) return undefined
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail).octets
  return `${text.slice(0, start)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

function requireIp(text: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const address = parseIp(text)
  if (!address) throw new TypeError(`not a literal IP address: ${text}`)
  return address
}
