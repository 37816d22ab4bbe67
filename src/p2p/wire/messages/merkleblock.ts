import { UsageError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { BLOCK_HEADER_BYTES } from './block-header.js'

/** A header, and the part of the merkle tree that leads to the transactions a filter matched. */
export interface MerkleBlock {
  /** 80 bytes. */
  readonly header: Uint8Array
  /** Transactions in the block. */
  readonly txCount: number
  /** 32 bytes each, one after the other. */
  readonly hashes: Uint8Array
  /** Bits, the lowest of each byte first. */
  readonly flags: Uint8Array
}

export function encodeMerkleBlock({ header, txCount, hashes, flags }: MerkleBlock): Uint8Array {
  if (hashes.length % 32 !== 0) throw new UsageError(`${hashes.length} bytes are not a number of hashes`)
  return new ByteWriter(96 + hashes.length + flags.length)
    .fixed(header, BLOCK_HEADER_BYTES)
    .u32(txCount)
    .compactSize(hashes.length / 32)
    .bytes(hashes)
    .varBytes(flags)
    .finish()
}

export function decodeMerkleBlock(payload: Uint8Array): MerkleBlock {
  const reader = new ByteReader(payload)
  const header = reader.bytes(BLOCK_HEADER_BYTES)
  const txCount = reader.u32()
  const hashes = reader.bytes(32 * reader.count(txCount, 32))
  const flags = reader.varBytes()
  reader.end()
  return { header, txCount, hashes, flags }
}
