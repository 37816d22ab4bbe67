import { describe, expect, test } from '@jest/globals'
import { decodeBody, encodeBody, type KnownCommand } from '../../../src/p2p/wire/codec.js'
import type { Family } from '../../../src/p2p/wire/family.js'
import { HEADER_STRIDE, headerAt, packHeaders } from '../../../src/p2p/wire/messages/headers.js'
import {
  INV,
  invCapacity,
  invTypeName,
  wholeBlockType,
  wholeTxType,
} from '../../../src/p2p/wire/messages/inv.js'
import { NO_ADDRESS } from '../../../src/p2p/wire/messages/net-address.js'
import { REJECT_CODES, rejectName } from '../../../src/p2p/wire/messages/reject.js'
import { ByteWriter } from '../../../src/p2p/wire/writer.js'
import { faultOf } from './fault-of.js'

const zero = new Uint8Array(32)

const fault = (command: KnownCommand, payload: Uint8Array, family: Family = 'bsv'): string | undefined =>
  faultOf(() => decodeBody(command, payload, family))

const usageOf = (encode: () => unknown): void =>
  expect(encode).toThrow(expect.objectContaining({ name: 'UsageError' }))

/** A payload that begins with a count and goes on with zeros. */
const counted = (count: number, bytes: number): Uint8Array =>
  new ByteWriter(bytes + 9).compactSize(count).bytes(new Uint8Array(bytes)).finish()

describe('version', () => {
  const version = {
    version: 70_015,
    services: 1n,
    time: 1n,
    receiver: NO_ADDRESS,
    sender: NO_ADDRESS,
    nonce: 5n,
    userAgent: '/a/',
    startHeight: 7,
    relay: false,
  }
  const payload = encodeBody('version', version, 'bsv')

  test('P2P-5 has neutral values for fields that an old node leaves out', () => {
    expect(decodeBody('version', payload.subarray(0, 46), 'bsv')).toEqual({
      ...version,
      nonce: 0n,
      userAgent: '',
      startHeight: 0,
      relay: true,
    })
    expect(decodeBody('version', payload.subarray(0, -1), 'bsv')).toEqual({ ...version, relay: true })
  })

  test('P2P-5 may be followed by fields of later protocols', () => {
    const longer = new Uint8Array([...payload, 0, 1, 2, 3])
    expect(decodeBody('version', longer, 'bsv')).toEqual({ ...version, associationId: new Uint8Array(0) })
    expect(decodeBody('version', longer, 'btc')).toEqual(version)
  })

  test('P2P-5 takes any byte but zero for a wish for transactions', () => {
    expect(
      decodeBody(
        'version',
        payload.map((byte, index) => (index === payload.length - 1 ? 2 : byte)),
        'bsv',
      ).relay,
    ).toBe(true)
  })

  test('P2P-2 is refused with a user agent of 257 bytes or an association id of 130', () => {
    const agent = encodeBody('version', { ...version, userAgent: 'a'.repeat(257) }, 'bsv')
    expect(fault('version', agent)).toBe('size_beyond_limit')
    const id = encodeBody('version', { ...version, associationId: new Uint8Array(130) }, 'bsv')
    expect(fault('version', id)).toBe('size_beyond_limit')
  })
})

describe('P2P-2 a message of too many items is refused before anything is made of them:', () => {
  test.each([
    ['addr', 1001, 1001 * 30, 'too_many_addresses'],
    ['addrv2', 1001, 1001 * 9, 'too_many_addresses'],
    ['headers', 2001, 2001 * 81, 'too_many_headers'],
    ['inv', 50_001, 50_001 * 36, 'size_beyond_limit'],
    ['getdata', 50_001, 50_001 * 36, 'size_beyond_limit'],
    ['notfound', 50_001, 50_001 * 36, 'size_beyond_limit'],
  ] as const)('%s of %d', (command, count, bytes, code) => {
    expect(fault(command, counted(count, bytes))).toBe(code)
  })

  test.each(['addr', 'addrv2', 'headers', 'inv', 'getdata', 'notfound'] as const)(
    '%s that promises more than it holds',
    (command) => {
      expect(fault(command, counted(900, 20))).toBe('truncated_message')
    },
  )

  test('a locator of 102 hashes', () => {
    const hashes = Array.from({ length: 102 }, () => zero)
    usageOf(() => encodeBody('getheaders', { version: 1, hashes, stop: zero }, 'bsv'))
    const payload = new ByteWriter()
      .u32(1)
      .compactSize(102)
      .bytes(new Uint8Array(103 * 32))
      .finish()
    expect(fault('getheaders', payload)).toBe('size_beyond_limit')
    const most = { version: 1, hashes: hashes.slice(1), stop: zero }
    expect(decodeBody('getheaders', encodeBody('getheaders', most, 'bsv'), 'bsv')).toEqual(most)
  })

  test('a transaction that claims 2^40 inputs, outputs or items of a witness', () => {
    const start = new ByteWriter().i32(1)
    expect(fault('tx', start.compactSize(2 ** 40).finish())).toBe('truncated_message')
    const oneInput = new ByteWriter().i32(1).compactSize(1).bytes(new Uint8Array(36)).u8(0).u32(0)
    expect(fault('tx', oneInput.compactSize(2 ** 40).finish())).toBe('truncated_message')
    const marked = new ByteWriter().i32(1).u8(0).u8(1).compactSize(1).bytes(new Uint8Array(36)).u8(0).u32(0)
    expect(
      fault(
        'tx',
        marked
          .u8(0)
          .compactSize(2 ** 40)
          .finish(),
        'btc',
      ),
    ).toBe('truncated_message')
  })
})

describe('headers', () => {
  const two = packHeaders(new Uint8Array(160).map((_, index) => index))

  test('are given as they came, one each 81 bytes', () => {
    const decoded = decodeBody('headers', encodeBody('headers', two, 'bsv'), 'bsv')
    expect(decoded.count).toBe(2)
    expect(headerAt(decoded, 1)).toEqual(Uint8Array.from({ length: 80 }, (_, index) => 80 + index))
    expect(decoded.raw).toHaveLength(2 * HEADER_STRIDE)
  })

  test('of a full message are 162,003 bytes', () => {
    expect(encodeBody('headers', packHeaders(new Uint8Array(160_000)), 'bsv')).toHaveLength(162_003)
    usageOf(() => encodeBody('headers', packHeaders(new Uint8Array(160_080)), 'bsv'))
  })

  test('P2P-2 that are followed by transactions, or counted in a longer form, are refused', () => {
    const payload = encodeBody('headers', two, 'bsv').slice()
    payload[81] = 1
    expect(fault('headers', payload)).toBe('bad_value')
    expect(fault('headers', Uint8Array.of(0xfd, 0, 0))).toBe('non_canonical_size')
  })

  test('that are not whole cannot be packed', () => {
    usageOf(() => packHeaders(new Uint8Array(79)))
  })
})

describe('tx', () => {
  test('P2P-17 has witnesses on BTC alone: elsewhere the same bytes mean something else', () => {
    const tx = {
      version: 1,
      inputs: [{ previousHash: zero, previousIndex: 0, script: new Uint8Array(0), sequence: 0 }],
      outputs: [],
      witnesses: [[Uint8Array.of(1)]],
      lockTime: 0,
    }
    const payload = encodeBody('tx', tx, 'btc')
    expect(decodeBody('tx', payload, 'btc')).toEqual(tx)
    expect(fault('tx', payload, 'bsv')).toMatch(/truncated_message|trailing_bytes/)
    expect(encodeBody('tx', tx, 'bsv')).toHaveLength(payload.length - 2 - 3)
  })

  test('P2P-17 that is marked for witnesses and has none, or has another mark, is refused', () => {
    const input = new Uint8Array(41)
    const marked = (flag: number): ByteWriter => new ByteWriter().i32(1).u8(0).u8(flag)
    expect(fault('tx', marked(1).u8(1).bytes(input).u8(0).u8(0).u32(0).finish(), 'btc')).toBe('bad_value')
    expect(fault('tx', marked(2).u8(1).bytes(input).u8(0).u8(0).u32(0).finish(), 'btc')).toBe('bad_value')
  })

  test('without inputs and outputs is the same everywhere', () => {
    const tx = { version: 1, inputs: [], outputs: [], lockTime: 3 }
    for (const family of ['bsv', 'btc'] as const)
      expect(decodeBody('tx', encodeBody('tx', tx, family), family)).toEqual(tx)
  })
})

describe('inv', () => {
  test.each([
    [1, 'bsv', 'TX'],
    [2, 'btc', 'BLOCK'],
    [3, 'bsv', 'FILTERED_BLOCK'],
    [4, 'btc', 'CMPCT_BLOCK'],
    [5, 'btc', 'WTX'],
    [5, 'bsv', 'DATAREF_TX'],
    [5, 'bch', '5'],
    [0x4000_0001, 'btc', 'WITNESS_TX'],
    [0x4000_0002, 'btc', 'WITNESS_BLOCK'],
    [0x4000_0002, 'bsv', '1073741826'],
    [77, 'bsv', '77'],
  ] as const)('calls kind %d of %s %s', (type, family, name) => {
    expect(invTypeName(type, family)).toBe(name)
  })

  test('P2P-17 whole blocks and transactions are asked for with witnesses on BTC alone', () => {
    expect([wholeBlockType('btc'), wholeTxType('btc')]).toEqual([0x4000_0002, 0x4000_0001])
    expect([wholeBlockType('bsv'), wholeTxType('bch')]).toEqual([INV.block, INV.tx])
  })

  test('of a peer that accepts 1 MiB has at most 29,126 items', () => {
    expect([invCapacity(1_048_576), invCapacity(2 ** 32), invCapacity(3)]).toEqual([29_126, 50_000, 0])
  })
})

describe('addrv2', () => {
  test('P2P-5 keeps addresses of networks that nobody knows and refuses wrong lengths in known ones', () => {
    const entry = (network: number, length: number): Uint8Array =>
      new ByteWriter().u8(1).u32(0).u8(0).u8(network).varBytes(new Uint8Array(length)).u16(0).finish()
    expect(fault('addrv2', entry(200, 512))).toBeUndefined()
    expect(fault('addrv2', entry(200, 513))).toBe('size_beyond_limit')
    expect(fault('addrv2', entry(1, 5))).toBe('bad_value')
    expect(fault('addrv2', entry(4, 32))).toBeUndefined()
  })
})

describe('reject', () => {
  test('P2P-9 keeps codes that nobody knows as numbers', () => {
    expect(decodeBody('reject', Uint8Array.of(0, 0xee, 0), 'bsv').code).toBe(0xee)
    expect([rejectName(REJECT_CODES.TOOBUSY), rejectName(0xee)]).toEqual(['TOOBUSY', '238'])
  })

  test('P2P-2 is refused with a reason of 112 bytes, a name of 13, or half a hash', () => {
    const reject = { message: 'tx', code: 1, reason: '' }
    expect(fault('reject', encodeBody('reject', { ...reject, reason: 'r'.repeat(112) }, 'bsv'))).toBe(
      'size_beyond_limit',
    )
    expect(fault('reject', encodeBody('reject', { ...reject, message: 'm'.repeat(13) }, 'bsv'))).toBe(
      'size_beyond_limit',
    )
    expect(fault('reject', new Uint8Array([...encodeBody('reject', reject, 'bsv'), 1, 2]))).toBe(
      'truncated_message',
    )
  })
})

describe('messages of BSV', () => {
  test('P2P-2 a protoconf without fields, or that accepts less than 1 MiB, is refused', () => {
    expect(fault('protoconf', Uint8Array.of(0))).toBe('bad_value')
    expect(fault('protoconf', encodeBody('protoconf', { maxReceiveBytes: 1_048_575 }, 'bsv'))).toBe(
      'bad_value',
    )
  })

  test('P2P-5 a protoconf may have later fields where it says so', () => {
    const payload = new ByteWriter().u8(3).u32(1_048_576).varString('Default').u32(5).finish()
    expect(decodeBody('protoconf', payload, 'bsv')).toEqual({
      maxReceiveBytes: 1_048_576,
      streamPolicies: ['Default'],
    })
  })

  test('a mempool request may have an age there alone', () => {
    expect(fault('mempool', new Uint8Array(8), 'bsv')).toBeUndefined()
    expect(fault('mempool', new Uint8Array(8), 'btc')).toBe('trailing_bytes')
  })

  test('P2P-2 a challenge, a key or a signature of a wrong length is refused', () => {
    expect(fault('authch', new ByteWriter().u32(1).u32(31).bytes(zero).finish())).toBe('bad_value')
    expect(fault('authresp', new ByteWriter().varBytes(zero).u64(0n).varBytes(zero).finish())).toBe(
      'bad_value',
    )
    const publicKey = new Uint8Array(33)
    const long = encodeBody('authresp', { publicKey, nonce: 0n, signature: new Uint8Array(73) }, 'bsv')
    expect(fault('authresp', long)).toBe('size_beyond_limit')
  })
})

describe('what cannot be said', () => {
  test('is a UsageError: fields of a wrong length', () => {
    usageOf(() => encodeBody('inv', [{ type: 1, hash: new Uint8Array(31) }], 'bsv'))
    usageOf(() => encodeBody('authch', { version: 1, challenge: new Uint8Array(31) }, 'bsv'))
    const block = { header: new Uint8Array(80), txCount: 1, hashes: new Uint8Array(33), flags: zero }
    usageOf(() => encodeBody('merkleblock', block, 'bsv'))
    const header = new Uint8Array(80)
    usageOf(() => encodeBody('cmpctblock', { header, nonce: 0n, shortIds: zero, prefilled: [] }, 'bsv'))
    usageOf(() =>
      encodeBody(
        'cmpctblock',
        { header: zero, nonce: 0n, shortIds: header.subarray(0, 6), prefilled: [] },
        'bsv',
      ),
    )
  })
})
