import { createHash } from 'node:crypto'
import { bodyForBlock } from '../../test/p2p/kit/synthetic-body.js'

export const SLICE_BYTES = 256 * 1024
const HEADER_BYTES = 80
const MERKLE_ROOT_OFFSET = 36

/** A block that is made as it is read, so that nothing but the reader is in memory. */
export interface BlockSource {
  readonly length: number
  readonly checksum: Uint8Array
  fill(target: Uint8Array, offset: number): void
}

export function blockSource(bytes: number, txBytes: number): BlockSource {
  const body = bodyForBlock(bytes, txBytes)
  const header = new Uint8Array(HEADER_BYTES)
  header.set(body.merkleRoot, MERKLE_ROOT_OFFSET)
  const fill = (target: Uint8Array, offset: number): void => {
    const head = header.subarray(offset, offset + target.length)
    target.set(head)
    if (head.length < target.length)
      body.fill(target.subarray(head.length), offset + head.length - HEADER_BYTES)
  }
  const hash = createHash('sha256')
  for (const slice of slicesOf({ length: bytes, fill })) hash.update(slice)
  const checksum = createHash('sha256').update(hash.digest()).digest().subarray(0, 4)
  return { length: bytes, checksum, fill }
}

/** Views of one buffer, as a socket gives them. */
export function* slicesOf({ length, fill }: Pick<BlockSource, 'length' | 'fill'>): Generator<Uint8Array> {
  const buffer = new Uint8Array(SLICE_BYTES)
  for (let at = 0; at < length; at += buffer.length) {
    const slice = buffer.subarray(0, Math.min(buffer.length, length - at))
    fill(slice, at)
    yield slice
  }
}
