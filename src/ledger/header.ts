import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { type BlockHeader, type HeaderFields } from './block.js'
import { sha256 } from './sha256.js'

/** Bytes of an encoded header. */
export const HEADER_BYTES = 96

/** Where the nonce, its last field, starts: miners change nothing before it. */
export const NONCE_OFFSET = 88

/**
 * The header as it is hashed; integers are big-endian and unsigned:
 * version 4, height 4, previous hash 32, merkle root 32, transaction count 4, timestamp 8, bits 4, nonce 8 bytes.
 */
export function encodeHeader(header: HeaderFields): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, header.version)
  view.setUint32(4, header.height)
  bytes.set(hexToBytes(header.previousHash), 8)
  bytes.set(hexToBytes(header.merkleRoot), 40)
  view.setUint32(72, header.transactionCount)
  view.setBigUint64(76, BigInt(header.timestamp))
  view.setUint32(84, header.bits)
  bytes.set(hexToBytes(header.nonce), NONCE_OFFSET)
  return bytes
}

/** The hash of a block: SHA-256 of its encoded header, 64 hex digits. */
export function headerHash(header: HeaderFields): string {
  return bytesToHex(sha256(encodeHeader(header)))
}

/** Puts the hash on a header. */
export function sealHeader(fields: HeaderFields): BlockHeader {
  return { ...fields, hash: headerHash(fields) }
}
