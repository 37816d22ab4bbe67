/** Keys of the index of fields: set, lane, field, value, ordinal. Integers big-endian, so that the order of bytes is theirs. */

export type EntryLane = 'record' | 'output'

const ORDINAL_BYTES = 4
const HEAD_BYTES = 6
/** Above the numbers of all fields. */
const ZONES = 255

export function setPrefix(setId: number): Buffer {
  const key = Buffer.allocUnsafe(4)
  key.writeUInt32BE(setId)
  return key
}

export function entryPrefix(
  { setId, lane, field }: { readonly setId: number; readonly lane: EntryLane; readonly field: number },
  value: Uint8Array,
): Buffer {
  const key = Buffer.allocUnsafe(HEAD_BYTES + value.length)
  key.writeUInt32BE(setId)
  key[4] = lane === 'record' ? 0 : 1
  key[5] = field
  key.set(value, HEAD_BYTES)
  return key
}

export function entryKey(prefix: Buffer, ordinal: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + ORDINAL_BYTES)
  prefix.copy(key)
  key.writeUInt32BE(ordinal, prefix.length)
  return key
}

export function ordinalOf(key: Buffer): number {
  return key.readUInt32BE(key.length - ORDINAL_BYTES)
}

export function zoneKey(setId: number, lane: EntryLane, zone: number): Buffer {
  return entryKey(entryPrefix({ setId, lane, field: ZONES }, NO_VALUE), zone)
}

const NO_VALUE = new Uint8Array(0)
