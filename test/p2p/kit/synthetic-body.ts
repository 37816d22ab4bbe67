import { sha256d } from '../../../src/p2p/hash.js'
import { ByteWriter, compactSizeLength } from '../../../src/p2p/wire/writer.js'
import { coinbaseTx } from './coinbase.js'
import { MerkleStack } from './merkle.js'
import { hashPayload } from './payload.js'
import { LEAST_SYNTHETIC_TX_BYTES, patternOf, SyntheticTx } from './synthetic-tx.js'
import { TxGroup, type TxRun } from './tx-group.js'
import type { BlockBody } from './test-chain.js'

export interface SyntheticOptions {
  /** Blocks of different seeds differ; 1. */
  readonly seed?: number
  /** After the coinbase, transactions of these lengths in this order; at least 61 bytes each. */
  readonly runs: readonly TxRun[]
}

/** The body of a block of any size: made as it is read, with the right merkle root. */
export interface SyntheticBody extends BlockBody {
  /** With the coinbase. */
  readonly txCount: number
}

/** Costs milliseconds and a few MiB, and for a giant transaction one hash over it. */
export function syntheticBody({ seed = 1, runs }: SyntheticOptions): SyntheticBody {
  const pattern = patternOf(seed)
  const coinbase = coinbaseTx(0, seed)
  const txCount = 1 + runs.reduce((sum, { count }) => sum + count, 0)
  const start = new ByteWriter(9 + coinbase.length).compactSize(txCount).bytes(coinbase).finish()
  const merkle = new MerkleStack()
  merkle.push(sha256d(coinbase))
  const groups: TxGroup[] = []
  let offset = start.length
  let position = 1
  for (const { count, txBytes } of runs) {
    const group = new TxGroup(new SyntheticTx(txBytes, pattern), position, count, offset)
    group.pushHashes(merkle)
    groups.push(group)
    offset = group.end
    position += count
  }
  const content = { length: offset, fill: fillFrom(start, groups) }
  return {
    ...content,
    txCount,
    merkleRoot: merkle.root(),
    checksum: async () => (await hashPayload(content)).subarray(0, 4),
  }
}

/** A body for a block of exactly `blockBytes` with its header: transactions of `txBytes`, the last one longer. */
export function bodyForBlock(blockBytes: number, txBytes: number, seed = 1): SyntheticBody {
  const least = Math.max(txBytes, LEAST_SYNTHETIC_TX_BYTES)
  const fixed = 80 + coinbaseTx(0, seed).length
  // The last transaction takes what no whole number of others does, and room for the ambiguity of the count's size.
  const count = Math.max(0, Math.floor((blockBytes - fixed - 9 - least) / least))
  const last = blockBytes - fixed - compactSizeLength(count + 2) - count * least
  if (last < LEAST_SYNTHETIC_TX_BYTES)
    throw new RangeError(`no block of ${blockBytes} bytes can be made up of ${txBytes} each`)
  return syntheticBody({
    seed,
    runs: [
      { count, txBytes: least },
      { count: 1, txBytes: last },
    ],
  })
}

function fillFrom(start: Uint8Array, groups: readonly TxGroup[]): BlockBody['fill'] {
  return (target, offset) => {
    const head = start.subarray(offset, offset + target.length)
    target.set(head)
    let done = head.length
    for (const group of groups) done += group.fill(target.subarray(done), offset + done)
  }
}
