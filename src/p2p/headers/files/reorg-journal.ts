import { sha256d } from '../../hash.js'
import { equalHashes } from '../equal-hashes.js'
import { HASH_BYTES, HEADER_BYTES } from '../header.js'

const MAGIC = 0x31_6a_64_68
const SEQUENCE_AT = 4
const COMMON_HEIGHT_AT = 8
const RAW_AT = 12

/** A change of the main chain's file that does not only append. It is written down first, and can be done again. */
export interface Reorg {
  /** Of the commit record before the change: once there is a later one, the change is done. */
  readonly sequence: number
  /** Headers up to this height stay; -1 for none. */
  readonly commonHeight: number
  /** The headers above, side by side. */
  readonly raw: Uint8Array
}

export function encodeReorg({ sequence, commonHeight, raw }: Reorg): Uint8Array {
  const bytes = new Uint8Array(RAW_AT + raw.length + HASH_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(SEQUENCE_AT, sequence, true)
  view.setInt32(COMMON_HEIGHT_AT, commonHeight, true)
  bytes.set(raw, RAW_AT)
  bytes.set(sha256d(bytes.subarray(0, RAW_AT + raw.length)), RAW_AT + raw.length)
  return bytes
}

/** Undefined for what was cut off while it was written: then the change has not begun. */
export function decodeReorg(bytes: Uint8Array): Reorg | undefined {
  const end = bytes.length - HASH_BYTES
  if (end < RAW_AT || (end - RAW_AT) % HEADER_BYTES !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  if (view.getUint32(0, true) !== MAGIC) return undefined
  if (!equalHashes(bytes.subarray(end), sha256d(bytes.subarray(0, end)))) return undefined
  return {
    sequence: view.getUint32(SEQUENCE_AT, true),
    commonHeight: view.getInt32(COMMON_HEIGHT_AT, true),
    raw: bytes.slice(RAW_AT, end),
  }
}
