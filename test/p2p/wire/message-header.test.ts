import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sha256d } from '../../../src/p2p/hash.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import {
  decodeMessageHeader,
  EMPTY_CHECKSUM,
  encodeMessageHeader,
  type MessageHeader,
} from '../../../src/p2p/wire/message-header.js'
import { faultOf } from './fault-of.js'

const { magic } = networks.bsv.regtest
const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

const VERACK = fromHex('dab5bffa 76657261636b000000000000 00000000 5df6e0e2')
const EXTENDED = fromHex(
  'dab5bffa 6578746d7367000000000000 ffffffff 00000000 626c6f636b00000000000000 0000000001000000',
)

const decode = (bytes: Uint8Array, family: 'bsv' | 'btc' = 'bsv'): MessageHeader | undefined =>
  decodeMessageHeader(bytes, magic, family)

/** The bytes with one of them changed. */
const changed = (bytes: Uint8Array, at: number, byte: number): Uint8Array =>
  Uint8Array.from(bytes, (old, index) => (index === at ? byte : old))

describe('a message header', () => {
  test('of an empty verack is these 24 bytes', () => {
    expect(encodeMessageHeader(magic, { command: 'verack', length: 0, checksum: EMPTY_CHECKSUM })).toEqual(
      VERACK,
    )
    expect(decode(VERACK)).toEqual({ command: 'verack', length: 0, checksum: EMPTY_CHECKSUM })
    expect(sha256d(new Uint8Array(0)).subarray(0, 4)).toEqual(EMPTY_CHECKSUM)
  })

  test('says after a round trip what it said before', () => {
    const command = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 12,
    })
    const header = fc.record({
      command: command.filter((name) => name !== 'extmsg'),
      length: fc.nat(0xffff_fffe),
      checksum: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    })
    fc.assert(
      fc.property(header, (value) => expect(decode(encodeMessageHeader(magic, value))).toEqual(value)),
    )
  })

  test('P2P-2 of another network is refused whichever byte of the magic differs', () => {
    for (let at = 0; at < 4; at++) expect(faultOf(() => decode(changed(VERACK, at, 0)))).toBe('bad_magic')
  })

  test.each([
    ['a letter after the padding', 15, 0x61],
    ['a control character', 5, 0x1f],
    ['a character beyond ASCII', 5, 0x80],
    ['the character 127', 5, 0x7f],
  ])('P2P-2 with %s in its command is refused', (_what, at, byte) => {
    expect(faultOf(() => decode(changed(VERACK, at, byte)))).toBe('bad_command')
  })

  test('cannot be written for a name that no message can have', () => {
    for (const command of ['thirteenchars', 'line\n'])
      expect(() => encodeMessageHeader(magic, { command, length: 0, checksum: EMPTY_CHECKSUM })).toThrow(
        expect.objectContaining({ code: 'usage' }),
      )
  })

  test('cannot have a checksum above 4 GiB', () => {
    const header = { command: 'block', length: 0xffff_ffff, checksum: EMPTY_CHECKSUM }
    expect(() => encodeMessageHeader(magic, header)).toThrow(expect.objectContaining({ code: 'usage' }))
  })
})

describe('P2P-3 an extended header', () => {
  test('of a block of 4 GiB is these 44 bytes, and has no checksum', () => {
    expect(encodeMessageHeader(magic, { command: 'block', length: 2 ** 32 })).toEqual(EXTENDED)
    expect(decode(EXTENDED)).toEqual({ command: 'block', length: 2 ** 32 })
  })

  test('may announce a short message too', () => {
    const bytes = encodeMessageHeader(magic, { command: 'ping', length: 8 })
    expect(bytes).toHaveLength(44)
    expect(decode(bytes)).toEqual({ command: 'ping', length: 8 })
  })

  test('is asked for again while any of its 44 bytes is missing', () => {
    for (let length = 24; length < 44; length++) expect(decode(EXTENDED.subarray(0, length))).toBeUndefined()
  })

  test('is refused on BTC from its first 24 bytes', () => {
    expect(faultOf(() => decode(EXTENDED.subarray(0, 24), 'btc'))).toBe('extended_header_not_allowed')
  })

  test('is refused with a short length, a checksum, another one inside, or a bad name inside', () => {
    expect(faultOf(() => decode(changed(EXTENDED, 16, 0)))).toBe('bad_value')
    expect(faultOf(() => decode(changed(EXTENDED, 20, 1)))).toBe('bad_value')
    const nested = EXTENDED.slice()
    nested.copyWithin(24, 4, 16)
    expect(faultOf(() => decode(nested))).toBe('bad_command')
    expect(faultOf(() => decode(changed(EXTENDED, 35, 0x61)))).toBe('bad_command')
  })

  test('is refused for more bytes than a number holds exactly', () => {
    expect(
      decode(encodeMessageHeader(magic, { command: 'block', length: Number.MAX_SAFE_INTEGER }))?.length,
    ).toBe(Number.MAX_SAFE_INTEGER)
    expect(faultOf(() => decode(changed(EXTENDED, 42, 0x20)))).toBe('oversize_message')
  })
})
