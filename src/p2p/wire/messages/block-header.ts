import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** What the hash of a block covers. */
export interface BlockHeader {
  readonly version: number
  /** 32 bytes in internal order. */
  readonly previousHash: Uint8Array
  /** 32 bytes in internal order. */
  readonly merkleRoot: Uint8Array
  /** Seconds since 1970. */
  readonly time: number
  /** The target that the hash must not exceed, in compact form. */
  readonly bits: number
  readonly nonce: number
}

/** Bytes of a header. */
export const BLOCK_HEADER_BYTES = 80

export function encodeBlockHeader(header: BlockHeader): Uint8Array {
  return new ByteWriter(BLOCK_HEADER_BYTES)
    .i32(header.version)
    .hash(header.previousHash)
    .hash(header.merkleRoot)
    .u32(header.time)
    .u32(header.bits)
    .u32(header.nonce)
    .finish()
}

/** The hashes are views of `bytes`. @throws {ProtocolError} unless there are exactly 80 bytes. */
export function decodeBlockHeader(bytes: Uint8Array): BlockHeader {
  const reader = new ByteReader(bytes)
  const header = {
    version: reader.i32(),
    previousHash: reader.hash(),
    merkleRoot: reader.hash(),
    time: reader.u32(),
    bits: reader.u32(),
    nonce: reader.u32(),
  }
  reader.end()
  return header
}
