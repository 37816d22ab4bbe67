import { bytesToHex } from '@noble/hashes/utils.js'
import type { Json } from '../base/json.js'
import { BLOCK_VERSION, type BlockHeader, type HeaderFields } from './block.js'
import { compactToTarget } from './difficulty.js'
import { HEADER_BYTES, NONCE_OFFSET, sealHeader } from './header.js'
import { ensure, hexOf, integerOf, MAX_U32, membersOf } from './shape.js'
import { MAX_TIMESTAMP } from './timestamps.js'

export const HEADER_MEMBERS = [
  'version',
  'height',
  'previous_hash',
  'merkle_root',
  'transaction_count',
  'timestamp',
  'bits',
  'nonce',
  'hash',
] as const

type HeaderMembers = Readonly<Record<(typeof HEADER_MEMBERS)[number], Json>>

/** Reads a header in its JSON form. Checks shape and hash, not the proof of work. @throws {RuleError} */
export function decodeHeaderJson(json: Json): BlockHeader {
  return decodeHeaderMembers(membersOf(json, 'HDR-1', 'header', HEADER_MEMBERS))
}

/** The same from an object that is known to have the members and may have others. */
export function decodeHeaderMembers(members: HeaderMembers): BlockHeader {
  const header = sealHeader(decodeHeaderFields(members))
  ensure(members.hash === header.hash, 'HDR-11', 'hash is not the hash of the header')
  return header
}

function decodeHeaderFields(members: Omit<HeaderMembers, 'hash'>): HeaderFields {
  ensure(members.version === BLOCK_VERSION, 'HDR-2', `version is not ${BLOCK_VERSION}`)
  const bits = integerOf(members.bits, 'HDR-8', 'bits', 0, MAX_U32)
  ensure(compactToTarget(bits) !== undefined, 'HDR-8', 'bits is no canonical compact target')
  return {
    version: BLOCK_VERSION,
    height: integerOf(members.height, 'HDR-3', 'height', 0, MAX_U32),
    previousHash: hexOf(members.previous_hash, 'HDR-4', 'previous_hash', 64),
    merkleRoot: hexOf(members.merkle_root, 'HDR-5', 'merkle_root', 64),
    transactionCount: integerOf(members.transaction_count, 'HDR-6', 'transaction_count', 1, MAX_U32),
    timestamp: integerOf(members.timestamp, 'HDR-7', 'timestamp', 0, MAX_TIMESTAMP),
    bits,
    nonce: hexOf(members.nonce, 'HDR-9', 'nonce', 16),
  }
}

/** Reads an encoded header, under the rules of its JSON form. @throws {RuleError} */
export function decodeHeader(bytes: Uint8Array): BlockHeader {
  ensure(
    bytes.length === HEADER_BYTES,
    'HDR-10',
    `an encoded header has ${HEADER_BYTES} bytes, not ${bytes.length}`,
  )
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const fields = {
    version: view.getUint32(0),
    height: view.getUint32(4),
    previous_hash: bytesToHex(bytes.subarray(8, 40)),
    merkle_root: bytesToHex(bytes.subarray(40, 72)),
    transaction_count: view.getUint32(72),
    timestamp: Number(view.getBigUint64(76)),
    bits: view.getUint32(84),
    nonce: bytesToHex(bytes.subarray(NONCE_OFFSET)),
  }
  return sealHeader(decodeHeaderFields(fields))
}
