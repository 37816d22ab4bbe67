import type { Family } from '../family.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { NO_ADDRESS, readNetAddress, writeNetAddress, type NetAddress } from './net-address.js'

/** The first message of either side. */
export interface Version {
  readonly version: number
  /** Flags of what the sender serves; 1 is the whole chain. */
  readonly services: bigint
  /** Seconds since 1970. */
  readonly time: bigint
  readonly receiver: NetAddress
  readonly sender: NetAddress
  /** Whoever receives its own is connected to itself. */
  readonly nonce: bigint
  /** Latin-1, at most 256 bytes. */
  readonly userAgent: string
  readonly startHeight: number
  /** Transactions shall be announced without being asked for. */
  readonly relay: boolean
  /** BSV: names a group of connections; at most 129 bytes, empty for a peer that wants one connection alone. */
  readonly associationId?: Uint8Array
}

const MAX_USER_AGENT_BYTES = 256

/** Bytes of the longest id of an association of streams. */
export const MAX_ASSOCIATION_ID_BYTES = 129

export function encodeVersion(version: Version): Uint8Array {
  const writer = new ByteWriter(128).i32(version.version).u64(version.services).i64(version.time)
  writeNetAddress(writer, version.receiver)
  writeNetAddress(writer, version.sender)
  writer
    .u64(version.nonce)
    .varString(version.userAgent)
    .i32(version.startHeight)
    .u8(version.relay ? 1 : 0)
  if (version.associationId !== undefined) writer.varBytes(version.associationId)
  return writer.finish()
}

/**
 * Old nodes leave out fields from the end, which then have neutral values (no address, 0, '', relay true); new ones may add
 * fields, which are ignored.
 */
export function decodeVersion(payload: Uint8Array, family: Family): Version {
  const reader = new ByteReader(payload)
  const absent = (): boolean => reader.remaining === 0
  const version = {
    version: reader.i32(),
    services: reader.u64(),
    time: reader.i64(),
    receiver: readNetAddress(reader),
    sender: absent() ? NO_ADDRESS : readNetAddress(reader),
    nonce: absent() ? 0n : reader.u64(),
    userAgent: absent() ? '' : reader.varString(MAX_USER_AGENT_BYTES),
    startHeight: absent() ? 0 : reader.i32(),
    relay: absent() || reader.u8() !== 0,
  }
  if (family !== 'bsv' || absent()) return version
  return { ...version, associationId: reader.varBytes(MAX_ASSOCIATION_ID_BYTES) }
}
