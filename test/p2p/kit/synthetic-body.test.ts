import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sha256d } from '../../../src/p2p/hash.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import { ByteReader } from '../../../src/p2p/wire/reader.js'
import { readTx } from '../../../src/p2p/wire/messages/tx.js'
import { joinHashes } from './merkle.js'
import { bodyForBlock, syntheticBody } from './synthetic-body.js'
import type { BlockBody } from './test-chain.js'
import { TestChain } from './test-chain.js'
import type { TxRun } from './tx-group.js'

function bytesOf(body: BlockBody): Uint8Array {
  const bytes = new Uint8Array(body.length)
  body.fill(bytes, 0)
  return bytes
}

/** The ids of a body, by parsing it. */
function idsOf(bytes: Uint8Array): Uint8Array[] {
  const reader = new ByteReader(bytes)
  const count = reader.compactSize()
  const ids = Array.from({ length: count }, () => {
    const start = reader.offset
    readTx(reader, false)
    return sha256d(bytes.subarray(start, reader.offset))
  })
  reader.end()
  return ids
}

/** The root by the rule, level by level; neighbours must differ. */
function rootOf(level: Uint8Array[]): Uint8Array | undefined {
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = level.slice(index, index + 2)
      if (left === undefined) break
      if (right !== undefined && Buffer.compare(left, right) === 0)
        throw new Error('two neighbours are equal')
      above.push(joinHashes(left, right ?? left))
    }
    level = above
  }
  return level[0]
}

const run = fc.record<TxRun>({ count: fc.nat(20), txBytes: fc.integer({ min: 61, max: 400 }) })

describe('a synthetic body', () => {
  test('is a list of transactions with the root that it names', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 3 }), (runs) => {
        const body = syntheticBody({ runs })
        const ids = idsOf(bytesOf(body))
        expect(ids).toHaveLength(body.txCount)
        expect(rootOf(ids)).toEqual(new Uint8Array(body.merkleRoot))
      }),
      { numRuns: 15 },
    )
  })

  test('is the same in whatever pieces it is read, across tiles and giant transactions', () => {
    const runs = [
      { count: 8300, txBytes: 100 },
      { count: 2, txBytes: 150_000 },
      { count: 300, txBytes: 61 },
    ]
    const body = syntheticBody({ runs })
    const whole = bytesOf(body)
    expect(rootOf(idsOf(whole))).toEqual(new Uint8Array(body.merkleRoot))
    const sizes = [1, 7, 65_535, 400_000, 3, 99]
    for (let offset = 0, turn = 0; offset < whole.length; turn++) {
      const part = new Uint8Array(Math.min(sizes[turn % sizes.length] ?? 1, whole.length - offset))
      body.fill(part, offset)
      expect(Buffer.compare(part, whole.subarray(offset, offset + part.length))).toBe(0)
      offset += part.length
    }
  })

  test('makes a block of exactly the size wanted, with its checksum', async () => {
    for (const blockBytes of [500, 65_535, 65_836, 65_837]) {
      const chain = TestChain.mine(networks.bsv.regtest, 1).mineBody(
        bodyForBlock(blockBytes, 250, blockBytes),
      )
      const block = chain.block(2)
      expect(block.length).toBe(blockBytes)
      const bytes = new Uint8Array(block.length)
      block.fill(bytes, 0)
      expect(sha256d(bytes.subarray(0, 80))).toEqual(chain.hash(2))
      expect(rootOf(idsOf(bytes.subarray(80)))).toEqual(bytes.slice(36, 68))
      expect(new Uint8Array(await block.checksum())).toEqual(sha256d(bytes).slice(0, 4))
    }
  })
})
