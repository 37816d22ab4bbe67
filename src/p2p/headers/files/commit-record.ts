import { type Hash, sha256d } from '../../hash.js'
import { equalHashes } from '../equal-hashes.js'
import type { DiskFile } from './disk.js'

const MAGIC = 0x31_72_64_68
const SEQUENCE_AT = 4
const COUNT_AT = 8
const TIP_HASH_AT = 12
const CHECKSUM_AT = 44
const CHECKSUM_BYTES = 4
const RECORD_BYTES = 48

/** The two slots lie in different sectors: a write that is cut off hurts one of them only. */
const SLOT_BYTES = 4096

/** What is safely on the disk. */
export interface CommitRecord {
  /** Grows by one with each record. */
  readonly sequence: number
  /** Headers of the main chain's file. */
  readonly count: number
  /** Of the last of them. */
  readonly tipHash: Hash
}

/** Writes into the slot of the record before the last. */
export async function writeCommitRecord(file: DiskFile, record: CommitRecord): Promise<void> {
  const bytes = new Uint8Array(RECORD_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(SEQUENCE_AT, record.sequence, true)
  view.setUint32(COUNT_AT, record.count, true)
  bytes.set(record.tipHash, TIP_HASH_AT)
  bytes.set(checksum(bytes), CHECKSUM_AT)
  await file.write(bytes, (record.sequence % 2) * SLOT_BYTES)
  await file.sync()
}

/** The latest whole record, if there is one. */
export function readCommitRecord(bytes: Uint8Array): CommitRecord | undefined {
  const records = [0, SLOT_BYTES].map((at) => decode(bytes.subarray(at, at + RECORD_BYTES)))
  const [latest] = records.filter((record) => record !== undefined).sort((a, b) => b.sequence - a.sequence)
  return latest
}

function decode(bytes: Uint8Array): CommitRecord | undefined {
  if (bytes.length < RECORD_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const stored = bytes.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES)
  if (view.getUint32(0, true) !== MAGIC || !equalHashes(stored, checksum(bytes))) return undefined
  return {
    sequence: view.getUint32(SEQUENCE_AT, true),
    count: view.getUint32(COUNT_AT, true),
    tipHash: bytes.slice(TIP_HASH_AT, CHECKSUM_AT),
  }
}

function checksum(bytes: Uint8Array): Uint8Array {
  return sha256d(bytes.subarray(0, CHECKSUM_AT)).subarray(0, CHECKSUM_BYTES)
}
