import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { TxidHasher } from '../../../src/p2p/blocks/txid-hasher.js'
import { TxScanner } from '../../../src/p2p/blocks/tx-scanner.js'
import { createMessageHasher } from '../../../src/p2p/hashing/message-hasher.js'
import { joined, slices } from './kit/bytes.js'
import { makeBlock, makeTx, type MadeTx, txOfSize } from './kit/make-block.js'

const script = fc.oneof(fc.integer({ min: 0, max: 140 }), fc.constantFrom(200, 252, 253, 500, 600, 2000, 4000))
const witness = fc.array(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 3 }), { minLength: 1, maxLength: 1 })
const shape = fc.record(
  { inputs: fc.tuple(script), outputs: fc.array(script, { minLength: 1, maxLength: 2 }), witness },
  { requiredKeys: ['inputs', 'outputs'] },
)
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 700 }), fc.constant(100_000)), { minLength: 1, maxLength: 5 })

describe.each(['simd', 'node'] as const)('with the %s hasher', (kind) => {
  const hasher = createMessageHasher(kind)

  function txidsOf(txs: readonly MadeTx[], lengths: readonly number[], hasWitness: boolean): string[] {
    const { raw } = makeBlock(txs)
    const scanner = new TxScanner({ kind: 'block', length: raw.length, witness: hasWitness })
    const found: string[] = []
    const txids = new TxidHasher(scanner, hasher, (some) => {
      for (const txid of slices(some, [32])) found.push(Buffer.from(txid).toString('hex'))
    })
    for (const slice of slices(raw, lengths)) {
      scanner.push(slice)
      txids.take(slice)
      expect(txids.count).toBe(found.length)
      expect(found.length).toBe(scanner.complete)
    }
    return found
  }

  const expected = (txs: readonly MadeTx[]): string[] => txs.map(({ txid }) => Buffer.from(txid).toString('hex'))

  test('P2P-17 transactions of any lengths have their ids in order, without witnesses, under any split', () => {
    const shapes = fc.array(shape, { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(shapes, cuts, (some, lengths) => {
        const txs = some.map((one, i) => makeTx(one, i + 1))
        expect(txidsOf(txs, lengths, true)).toEqual(expected(txs))
      }),
      { numRuns: 40 },
    )
  })

  test('more transactions in one slice than are hashed at once', () => {
    const some = Array.from({ length: 50 }, (_, i) => txOfSize(61 + 13 * i, i))
    const small = Array.from({ length: 4500 }, () => some[0] as MadeTx)
    const txs = [...small, ...Array.from({ length: 12 }, () => some).flat()]
    const length = joined(txs.map(({ raw }) => raw)).length
    expect(txidsOf(txs, [length + 200], false)).toEqual(expected(txs))
  })

  test('every length from the shortest to beyond what is short, whole and in two', () => {
    const txs = Array.from({ length: 640 }, (_, i) => 61 + i)
      .filter((bytes) => bytes !== 313 && bytes !== 314)
      .map((bytes) => txOfSize(bytes, bytes))
    for (const cut of [1_000_000, 100_001]) expect(txidsOf(txs, [cut], false)).toEqual(expected(txs))
  })
})
