import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ByteReader } from '../../../src/p2p/wire/reader.js'
import { ByteWriter, compactSizeLength } from '../../../src/p2p/wire/writer.js'
import { faultOf } from './fault-of.js'

const reader = (...bytes: number[]): ByteReader => new ByteReader(Uint8Array.from(bytes))

describe('a size', () => {
  test.each([
    [0, '00'],
    [0xfc, 'fc'],
    [0xfd, 'fdfd00'],
    [0xffff, 'fdffff'],
    [0x1_0000, 'fe00000100'],
    [0xffff_ffff, 'feffffffff'],
    [0x1_0000_0000, 'ff0000000001000000'],
    [Number.MAX_SAFE_INTEGER, 'ffffffffffffff1f00'],
  ])('of %d is written as %s', (value, hex) => {
    const bytes = new ByteWriter(1).compactSize(value).finish()
    expect(Buffer.from(bytes).toString('hex')).toBe(hex)
    expect(compactSizeLength(value)).toBe(bytes.length)
    expect(new ByteReader(bytes).compactSize()).toBe(value)
    expect(new ByteReader(bytes).compactU64()).toBe(BigInt(value))
  })

  test.each([
    ['fd fc 00', [0xfd, 0xfc, 0]],
    ['fe ff ff 00 00', [0xfe, 0xff, 0xff, 0, 0]],
    ['ff ff ff ff ff 00 00 00 00', [0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]],
  ])('P2P-2 written longer than needed (%s) is refused', (_hex, bytes) => {
    expect(faultOf(() => reader(...bytes).compactSize())).toBe('non_canonical_size')
    expect(faultOf(() => reader(...bytes).compactU64())).toBe('non_canonical_size')
  })

  test('above 2^53 is a fault, but a number of 64 bits survives', () => {
    const bytes = new ByteWriter().compactU64(2n ** 64n - 1n).finish()
    expect(faultOf(() => new ByteReader(bytes).compactSize())).toBe('size_beyond_limit')
    expect(new ByteReader(bytes).compactU64()).toBe(2n ** 64n - 1n)
  })

  test('above its limit is refused', () => {
    expect(faultOf(() => reader(5).compactSize(4))).toBe('size_beyond_limit')
    expect(reader(4).compactSize(4)).toBe(4)
  })
})

describe('a count', () => {
  test('P2P-2 of more items than are allowed, or than fit, is refused before anything is made', () => {
    expect(faultOf(() => reader(5, 0, 0, 0, 0, 0).count(4, 1))).toBe('size_beyond_limit')
    expect(faultOf(() => reader(5, 0, 0, 0, 0, 0).count(4, 1, 'too_many_headers'))).toBe('too_many_headers')
    expect(faultOf(() => reader(0xfe, 0, 0, 0, 0x80, 0).count(2 ** 40, 36))).toBe('truncated_message')
    expect(reader(2, 0, 0, 0, 0).count(4, 2)).toBe(2)
  })
})

describe('what was written', () => {
  test('is read again, whatever the capacity was at first', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.uint8Array({ maxLength: 300 }), (capacity, bytes) => {
        const written = new ByteWriter(capacity).u16(513).varBytes(bytes).i32(-2).finish()
        const read = new ByteReader(written)
        expect([read.u16(), read.varBytes(), read.i32()]).toEqual([513, bytes, -2])
        read.end()
      }),
    )
  })

  test('must have the length that belongs there', () => {
    expect(() => new ByteWriter().hash(new Uint8Array(31))).toThrow(
      expect.objectContaining({ code: 'usage' }),
    )
  })
})
