import { ProtocolError } from '../errors.js'
import type { Hash } from '../hash.js'
import type { Digests, HashOptions } from './payload-hasher.js'
import type { PayloadHeader } from './payload-sink.js'

/**
 * What is hashed to find out whether a block is sound. The transactions, against the merkle root in its header; the
 * payload, against the checksum of its message; or both. A message without a checksum has its transactions hashed in any
 * case.
 */
export type Verify = 'both' | 'checksum' | 'merkle'

export function whatToHash({ checksum }: PayloadHeader, verify: Verify = 'both'): HashOptions {
  const hasChecksum = checksum !== undefined
  return { checksum: hasChecksum && verify !== 'merkle', merkle: !hasChecksum || verify !== 'checksum' }
}

export interface Expected {
  readonly checksum: Uint8Array | undefined
  readonly merkleRoot?: Hash
}

/** @throws {ProtocolError} where what was found differs from what was expected; what was not looked for is not compared. */
export function verifyDigests({ checksum, merkle }: Digests, expected: Expected): void {
  if (checksum && expected.checksum && !areEqual(checksum, expected.checksum))
    throw new ProtocolError('bad_checksum', 'the checksum of the message is not that of its payload')
  if (merkle && expected.merkleRoot && !areEqual(merkle.root, expected.merkleRoot))
    throw new ProtocolError('bad_block', 'the transactions of the block do not have the merkle root of its header')
  if (merkle?.hasTwins)
    throw new ProtocolError('bad_block', 'the block repeats transactions in a way that leaves its merkle root as it is')
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
