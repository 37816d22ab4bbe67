import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { TxScanner } from '../../../src/p2p/blocks/tx-scanner.js'
import { ProtocolError } from '../../../src/p2p/errors.js'
import { ByteWriter } from '../../../src/p2p/wire/writer.js'
import { joined, slices } from './kit/bytes.js'
import { makeBlock, makeTx, txOfSize, type TxShape } from './kit/make-block.js'

const length = fc.oneof(
  { weight: 12, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.integer({ min: 252, max: 255 }) },
  { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536) },
)
const shape = fc.record({ inputs: fc.array(length, { minLength: 1, maxLength: 4 }), outputs: fc.array(length, { maxLength: 4 }) })
const withWitness = shape.chain((tx) =>
  fc
    .option(fc.array(fc.array(fc.nat(300), { maxLength: 3 }), { minLength: tx.inputs.length, maxLength: tx.inputs.length }))
    .map((witness): TxShape => (witness ? { ...tx, witness } : tx)),
)
/** One long slice among them at least, to come to an end. */
const lengths = fc
  .array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 })
  .chain((short) => fc.integer({ min: 1, max: 5000 }).map((long) => [...short, long]))

function scan(raw: Uint8Array, cuts: readonly number[], witness = false): TxScanner {
  const scanner = new TxScanner({ kind: 'block', length: raw.length, witness })
  for (const slice of slices(raw, cuts)) scanner.push(slice)
  scanner.finish()
  return scanner
}

const faultOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
  return 'none'
}

test('P2P-15 offsets are those of the transactions, however the block is split', () => {
  fc.assert(
    fc.property(fc.array(shape, { minLength: 1, maxLength: 6 }), lengths, (shapes, cuts) => {
      const block = makeBlock(shapes.map((tx, i) => makeTx(tx, i)))
      const scanner = scan(block.raw, cuts)
      expect([...scanner.starts]).toEqual(block.offsets)
      expect(scanner.complete).toBe(shapes.length)
    }),
    { numRuns: 40 },
  )
})

test('P2P-15 offsets are the same under every split size, from one byte to the whole block', () => {
  const block = makeBlock([300, 200, 70, 90, 61].map((size, i) => txOfSize(size, i)))
  for (let size = 1; size <= block.raw.length; size++)
    expect([...scan(block.raw, [size]).starts]).toEqual(block.offsets)
})

test('P2P-17 witnesses are passed over where the network has them', () => {
  fc.assert(
    fc.property(fc.array(withWitness, { minLength: 1, maxLength: 6 }), lengths, (shapes, cuts) => {
      const block = makeBlock(shapes.map((tx, i) => makeTx(tx, i)))
      expect([...scan(block.raw, cuts, true).starts]).toEqual(block.offsets)
    }),
    { numRuns: 40 },
  )
})

test('P2P-17 the same bytes are no witness where the network has none', () => {
  const block = makeBlock([makeTx({ inputs: [10], outputs: [20], witness: [[30]] })])
  expect([...scan(block.raw, [block.raw.length], true).starts]).toEqual(block.offsets)
  // Marker and flag are a count of no inputs and one output here, and no transaction follows from that.
  expect(faultOf(() => scan(block.raw, [block.raw.length], false))).not.toBe('none')
  const none = joined([Uint8Array.of(1, 0, 0, 0, 0, 1), new Uint8Array(8), Uint8Array.of(2, 0xaa, 0xbb), new Uint8Array(4)])
  const odd = makeBlock([{ raw: none, txid: new Uint8Array(32) }])
  expect([...scan(odd.raw, [3], false).starts]).toEqual(odd.offsets)
  expect(faultOf(() => scan(odd.raw, [3], true))).not.toBe('none')
})

test('whether a transaction is whole is known with its last byte, not before', () => {
  const block = makeBlock([txOfSize(100), txOfSize(150)])
  const scanner = new TxScanner({ kind: 'block', length: block.raw.length, witness: false })
  const complete: number[] = []
  for (const slice of slices(block.raw, [1])) {
    scanner.push(slice)
    complete.push(scanner.complete)
  }
  expect(complete.indexOf(1)).toBe(81 + 100 - 1)
  expect(complete.indexOf(2)).toBe(81 + 100 + 150 - 1)
})

test('P2P-2 a size beyond what is left fails with its last byte', () => {
  const claim = (size: (writer: ByteWriter) => ByteWriter, before: Uint8Array): string | number => {
    const raw = joined([before, size(new ByteWriter()).finish()])
    const scanner = new TxScanner({ kind: 'block', length: 100_000, witness: false })
    for (const [i, slice] of [...slices(raw, [1])].entries()) {
      const fault = faultOf(() => scanner.push(slice))
      if (fault !== 'none') return i === raw.length - 1 ? fault : i
    }
    return 'none'
  }
  const header = new Uint8Array(80)
  const version = joined([header, Uint8Array.of(1, 1, 0, 0, 0)])
  const input = joined([version, Uint8Array.of(1), new Uint8Array(36)])
  expect(claim((w) => w.compactSize(10_000), header)).toBe('size_beyond_limit')
  expect(claim((w) => w.compactSize(2000), header)).toBe('none')
  expect(claim((w) => w.compactSize(3000), version)).toBe('size_beyond_limit')
  expect(claim((w) => w.compactSize(100_000), input)).toBe('truncated_message')
  expect(claim((w) => w.u8(0xff).u64(2n ** 63n), input)).toBe('truncated_message')
  expect(claim((w) => w.u8(0xff).u64(2n ** 64n - 1n), header)).toBe('size_beyond_limit')
})

test('P2P-2 sizes that are not in their shortest form are refused', () => {
  const forms = [
    (w: ByteWriter) => w.u8(0xfd).u16(0xfc),
    (w: ByteWriter) => w.u8(0xfe).u32(0xffff),
    (w: ByteWriter) => w.u8(0xff).u64(0xffff_ffffn),
  ]
  for (const form of forms) {
    const raw = form(new ByteWriter().bytes(new Uint8Array(80))).finish()
    const push = (): void => new TxScanner({ kind: 'block', length: 1_000_000, witness: false }).push(raw)
    expect(faultOf(push)).toBe('non_canonical_size')
  }
})

test('P2P-18 a wrong count, a truncated transaction and trailing bytes are faults', () => {
  const txs = [txOfSize(100), txOfSize(150)]
  const { raw } = makeBlock(txs)
  const fault = (bytes: Uint8Array): string => faultOf(() => scan(bytes, [50]))
  expect(fault(raw)).toBe('none')
  expect(fault(makeBlock(txs, { count: 3 }).raw)).toBe('truncated_message')
  expect(fault(makeBlock(txs, { count: 1 }).raw)).toBe('trailing_bytes')
  expect(fault(makeBlock(txs, { count: 0 }).raw)).toBe('bad_value')
  expect(fault(raw.subarray(0, -1))).toBe('truncated_message')
  expect(fault(joined([raw, Uint8Array.of(0)]))).toBe('trailing_bytes')
})

test('positions above 4 GiB survive', () => {
  const script = 3_000_000_000
  const txs = 4
  const start = new ByteWriter().i32(1).compactSize(1).bytes(new Uint8Array(36)).compactSize(script).finish().slice()
  const end = new ByteWriter().u32(0).compactSize(0).u32(0).finish()
  const size = start.length + script + end.length
  const scanner = new TxScanner({ kind: 'block', length: 81 + txs * size, witness: false })
  scanner.push(joined([new Uint8Array(80), Uint8Array.of(txs)]))
  const filler = new Uint8Array(100_000_000)
  for (let i = 0; i < txs; i++) {
    scanner.push(start)
    for (let rest = script; rest > 0; rest -= filler.length) scanner.push(filler)
    scanner.push(end)
  }
  scanner.finish()
  expect([...scanner.starts]).toEqual([0, 1, 2, 3].map((i) => 81 + i * size))
})
