import type { ByteReader } from '../reader.js'
import type { ByteWriter } from '../writer.js'

/** Where a node listens, 26 bytes. */
export interface NetAddress {
  /** Flags of what the node serves. */
  readonly services: bigint
  /** 16 bytes; IPv4 addresses are mapped into IPv6. */
  readonly ip: Uint8Array
  readonly port: number
}

/** Bytes of a {@link NetAddress}. */
export const NET_ADDRESS_BYTES = 26

/** An address that says nothing: what nodes send of themselves today. */
export const NO_ADDRESS: NetAddress = { services: 0n, ip: new Uint8Array(16), port: 0 }

export function writeNetAddress(writer: ByteWriter, { services, ip, port }: NetAddress): void {
  writer.u64(services).fixed(ip, 16).u16BigEndian(port)
}

export function readNetAddress(reader: ByteReader): NetAddress {
  return { services: reader.u64(), ip: reader.bytes(16), port: reader.u16BigEndian() }
}
