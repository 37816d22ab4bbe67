import { UsageError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Asks for what follows the first hash that the peer knows: the layout of `getblocks` and `getheaders`. */
export interface Locator {
  /** The protocol version of the sender; nobody looks at it. */
  readonly version: number
  /** Hashes of the best chain, from the tip to genesis; at most 101, each 32 bytes in internal order. */
  readonly hashes: readonly Uint8Array[]
  /** The last one wanted; 32 zero bytes ask for as many as one answer holds. */
  readonly stop: Uint8Array
}

/** The most hashes of a locator; nodes disconnect whoever sends more. */
export const MAX_LOCATOR_HASHES = 101

/** @throws {UsageError} for more hashes than a node accepts. */
export function encodeLocator({ version, hashes, stop }: Locator): Uint8Array {
  if (hashes.length > MAX_LOCATOR_HASHES)
    throw new UsageError(
      `a locator of ${hashes.length} hashes is more than the ${MAX_LOCATOR_HASHES} allowed`,
    )
  const writer = new ByteWriter(4 + 1 + 32 * (hashes.length + 1)).u32(version).compactSize(hashes.length)
  for (const hash of hashes) writer.hash(hash)
  return writer.hash(stop).finish()
}

export function decodeLocator(payload: Uint8Array): Locator {
  const reader = new ByteReader(payload)
  const version = reader.u32()
  const count = reader.count(MAX_LOCATOR_HASHES, 32)
  const hashes = Array.from({ length: count }, () => reader.hash())
  const stop = reader.hash()
  reader.end()
  return { version, hashes, stop }
}
