import { ProtocolError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { MAX_ADDRESSES } from './addr.js'

/** An address in any kind of network. */
export interface AddressV2 {
  /** Seconds since 1970. */
  readonly time: number
  readonly services: bigint
  /** One of {@link ADDRESS_NETWORKS}, or a number that nobody here knows. */
  readonly network: number
  /** As long as its network says; at most 512 bytes. */
  readonly address: Uint8Array
  readonly port: number
}

/** The networks that have numbers, and the bytes of their addresses. */
export const ADDRESS_NETWORKS = {
  ipv4: { id: 1, bytes: 4 },
  ipv6: { id: 2, bytes: 16 },
  torv2: { id: 3, bytes: 10 },
  torv3: { id: 4, bytes: 32 },
  i2p: { id: 5, bytes: 32 },
  cjdns: { id: 6, bytes: 16 },
} as const

const MAX_ADDRESS_BYTES = 512
const LEAST_ENTRY_BYTES = 4 + 1 + 1 + 1 + 2

const addressBytes = new Map<number, number>(
  Object.values(ADDRESS_NETWORKS).map(({ id, bytes }) => [id, bytes]),
)

export function encodeAddrV2(addresses: readonly AddressV2[]): Uint8Array {
  const writer = new ByteWriter(3 + addresses.length * 32).compactSize(addresses.length)
  for (const { time, services, network, address, port } of addresses)
    writer.u32(time).compactU64(services).u8(network).varBytes(address).u16BigEndian(port)
  return writer.finish()
}

/** Entries of unknown networks are kept; a wrong length in a known one is refused. */
export function decodeAddrV2(payload: Uint8Array): AddressV2[] {
  const reader = new ByteReader(payload)
  const count = reader.count(MAX_ADDRESSES, LEAST_ENTRY_BYTES, 'too_many_addresses')
  const addresses = Array.from({ length: count }, () => readAddress(reader))
  reader.end()
  return addresses
}

function readAddress(reader: ByteReader): AddressV2 {
  const time = reader.u32()
  const services = reader.compactU64()
  const network = reader.u8()
  const address = reader.varBytes(MAX_ADDRESS_BYTES)
  if (address.length !== (addressBytes.get(network) ?? address.length))
    throw new ProtocolError(
      'bad_value',
      `an address of network ${network} does not have ${address.length} bytes`,
    )
  return { time, services, network, address, port: reader.u16BigEndian() }
}
