import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { NET_ADDRESS_BYTES, readNetAddress, writeNetAddress, type NetAddress } from './net-address.js'

/** An address of a node, and when it was last seen there. */
export interface TimedAddress extends NetAddress {
  /** Seconds since 1970. */
  readonly time: number
}

/** The most addresses of one message. */
export const MAX_ADDRESSES = 1000

const ENTRY_BYTES = 4 + NET_ADDRESS_BYTES

export function encodeAddr(addresses: readonly TimedAddress[]): Uint8Array {
  const writer = new ByteWriter(3 + addresses.length * ENTRY_BYTES).compactSize(addresses.length)
  for (const address of addresses) writeNetAddress(writer.u32(address.time), address)
  return writer.finish()
}

export function decodeAddr(payload: Uint8Array): TimedAddress[] {
  const reader = new ByteReader(payload)
  const count = reader.count(MAX_ADDRESSES, ENTRY_BYTES, 'too_many_addresses')
  const addresses = Array.from({ length: count }, () => ({ time: reader.u32(), ...readNetAddress(reader) }))
  reader.end()
  return addresses
}
