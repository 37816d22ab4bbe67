import { describe, expect, test } from '@jest/globals'
import { sha256d, toDisplay } from '../../../src/p2p/hash.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import { decodeBody, encodeBody, type KnownCommand, type MessageBodies } from '../../../src/p2p/wire/codec.js'
import type { Family } from '../../../src/p2p/wire/family.js'
import { decodeBlockHeader, encodeBlockHeader } from '../../../src/p2p/wire/messages/block-header.js'
import { packHeaders } from '../../../src/p2p/wire/messages/headers.js'
import { encodeTx, strippedTx } from '../../../src/p2p/wire/messages/tx.js'

const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/[^0-9a-f]/g, ''), 'hex'))

/** `count` bytes in hex, all the same. */
const of = (byte: string, count: number): string => byte.repeat(count)

const ipv4 = fromHex(`${of('00', 10)} ffff 0a000001`)
const receiver = { services: 1n, ip: ipv4, port: 8333 }
const sender = { services: 0n, ip: new Uint8Array(16), port: 0 }
const hash = new Uint8Array(32).fill(0xab)
const other = new Uint8Array(32).fill(0xcd)
const header = networks.bsv.mainnet.genesis

const VERSION = `80110100 0100000000000000 15cd5b0700000000
  0100000000000000 ${of('00', 10)} ffff 0a000001 208d
  0000000000000000 ${of('00', 16)} 0000
  0807060504030201 06 2f742d312f2f ffffffff`

const version = {
  version: 70_016,
  services: 1n,
  time: 123_456_789n,
  receiver,
  sender,
  nonce: 0x0102_0304_0506_0708n,
  userAgent: '/t-1//',
  startHeight: -1,
  relay: false,
}

const input = { previousHash: hash, previousIndex: 1, script: fromHex('5152'), sequence: 0xffff_fffe }
const output = { value: 5_000_000_000n, script: fromHex('51') }
const plainTx = { version: 2, inputs: [input], outputs: [output], lockTime: 9 }
const INPUT = `${of('ab', 32)} 01000000 02 5152 feffffff`
const OUTPUT = '00f2052a01000000 01 51'
const PLAIN_TX = `02000000 01 ${INPUT} 01 ${OUTPUT} 09000000`
const WITNESS_TX = `02000000 0001 01 ${INPUT} 01 ${OUTPUT} 02 01 aa 00 09000000`
const witnessTx = { ...plainTx, witnesses: [[fromHex('aa'), new Uint8Array(0)]] }

type Vector = { [Command in KnownCommand]: [Command, Family, MessageBodies[Command], string] }[KnownCommand]

const vectors: Vector[] = [
  ['version', 'btc', version, `${VERSION} 00`],
  ['version', 'btc', { ...version, relay: true }, `${VERSION} 01`],
  [
    'version',
    'bsv',
    { ...version, associationId: fromHex(`00${of('11', 16)}`) },
    `${VERSION} 00 11 00 ${of('11', 16)}`,
  ],
  ['version', 'bsv', { ...version, associationId: new Uint8Array(0) }, `${VERSION} 00 00`],
  ['verack', 'bsv', undefined, ''],
  ['ping', 'bsv', { nonce: 0xff00n }, '00ff000000000000'],
  ['pong', 'bsv', { nonce: 0xff00n }, '00ff000000000000'],
  [
    'addr',
    'bsv',
    [{ time: 16, ...receiver }],
    `01 10000000 0100000000000000 ${of('00', 10)} ffff 0a000001 208d`,
  ],
  [
    'addrv2',
    'btc',
    [
      { time: 16, services: 1n, network: 1, address: fromHex('0a000001'), port: 8333 },
      { time: 17, services: 0x400n, network: 4, address: fromHex(of('77', 32)), port: 1 },
      { time: 18, services: 0n, network: 99, address: fromHex('0102'), port: 2 },
    ],
    `03 10000000 01 01 04 0a000001 208d
        11000000 fd0004 04 20 ${of('77', 32)} 0001
        12000000 00 63 02 0102 0002`,
  ],
  [
    'inv',
    'bsv',
    [
      { type: 1, hash },
      { type: 2, hash: other },
    ],
    `02 01000000 ${of('ab', 32)} 02000000 ${of('cd', 32)}`,
  ],
  ['getdata', 'btc', [{ type: 0x4000_0002, hash }], `01 02000040 ${of('ab', 32)}`],
  ['notfound', 'bsv', [{ type: 2, hash }], `01 02000000 ${of('ab', 32)}`],
  [
    'getheaders',
    'bsv',
    { version: 70_016, hashes: [hash, other], stop: new Uint8Array(32) },
    `80110100 02 ${of('ab', 32)} ${of('cd', 32)} ${of('00', 32)}`,
  ],
  ['getblocks', 'bsv', { version: 70_016, hashes: [], stop: hash }, `80110100 00 ${of('ab', 32)}`],
  ['headers', 'bsv', packHeaders(header), `01 ${Buffer.from(header).toString('hex')} 00`],
  ['headers', 'bsv', packHeaders(new Uint8Array(0)), '00'],
  ['tx', 'bsv', plainTx, PLAIN_TX],
  ['tx', 'btc', plainTx, PLAIN_TX],
  ['tx', 'btc', witnessTx, WITNESS_TX],
  [
    'reject',
    'bsv',
    { message: 'tx', code: 0x41, reason: 'dust', hash },
    `02 7478 41 04 64757374 ${of('ab', 32)}`,
  ],
  ['reject', 'bsv', { message: '', code: 0x01, reason: 'bad' }, '00 01 03 626164'],
  ['reject', 'bsv', { message: 'tx', code: 0xee, reason: '' }, '02 7478 ee 00'],
  ['feefilter', 'bsv', { feeRate: 500n }, 'f401000000000000'],
  ['sendcmpct', 'bsv', { announce: false, version: 1n }, '00 0100000000000000'],
  [
    'cmpctblock',
    'btc',
    { header, nonce: 3n, shortIds: fromHex('010203040506'), prefilled: [{ skipped: 0, tx: witnessTx }] },
    `${Buffer.from(header).toString('hex')} 0300000000000000 01 010203040506 01 00 ${WITNESS_TX}`,
  ],
  ['getblocktxn', 'btc', { hash, skipped: [0, 300] }, `${of('ab', 32)} 02 00 fd2c01`],
  ['blocktxn', 'btc', { hash, txs: [plainTx, witnessTx] }, `${of('ab', 32)} 02 ${PLAIN_TX} ${WITNESS_TX}`],
  [
    'merkleblock',
    'bsv',
    { header, txCount: 3, hashes: hash, flags: fromHex('07') },
    `${Buffer.from(header).toString('hex')} 03000000 01 ${of('ab', 32)} 01 07`,
  ],
  ['mempool', 'btc', {}, ''],
  ['mempool', 'bsv', { age: 600n }, '5802000000000000'],
  [
    'protoconf',
    'bsv',
    { maxReceiveBytes: 2_097_152, streamPolicies: ['Default', 'BlockPriority'] },
    `02 00002000 15 44656661756c742c426c6f636b5072696f72697479`,
  ],
  ['protoconf', 'bsv', { maxReceiveBytes: 1_048_576 }, '01 00001000'],
  ['authch', 'bsv', { version: 1, challenge: hash }, `01000000 20000000 ${of('ab', 32)}`],
  [
    'authresp',
    'bsv',
    { publicKey: fromHex(of('02', 33)), nonce: 1n, signature: fromHex(of('30', 70)) },
    `21 ${of('02', 33)} 0100000000000000 46 ${of('30', 70)}`,
  ],
  [
    'createstrm',
    'bsv',
    { associationId: fromHex(`00${of('11', 16)}`), streamType: 2, policy: 'BlockPriority' },
    `11 00 ${of('11', 16)} 02 0d 426c6f636b5072696f72697479`,
  ],
  ['streamack', 'bsv', { associationId: fromHex('00'), streamType: 2 }, '01 00 02'],
]

describe('P2P-5 the bytes of', () => {
  test.each(vectors)('%s on %s are those of its layout', (command, family, body, hex) => {
    const payload = fromHex(hex)
    expect(Buffer.from(encodeBody(command, body as never, family)).toString('hex')).toBe(
      Buffer.from(payload).toString('hex'),
    )
    expect(decodeBody(command, payload, family)).toEqual(body)
  })

  test('a block header are its six fields', () => {
    const fields = decodeBlockHeader(header)
    expect({ ...fields, merkleRoot: toDisplay(fields.merkleRoot) }).toEqual({
      version: 1,
      previousHash: new Uint8Array(32),
      merkleRoot: '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
      time: 1_231_006_505,
      bits: 0x1d00_ffff,
      nonce: 2_083_236_893,
    })
    expect(encodeBlockHeader(fields)).toEqual(header)
  })
})

describe('P2P-17 a transaction with witnesses', () => {
  test('has the id of its bytes without them', () => {
    expect(strippedTx(fromHex(WITNESS_TX))).toEqual(fromHex(PLAIN_TX))
    expect(encodeTx(witnessTx, false)).toEqual(fromHex(PLAIN_TX))
    const plain = fromHex(PLAIN_TX)
    expect(strippedTx(plain)).toBe(plain)
  })

  test('hashes to the id that everybody knows: the coinbase of the first block', () => {
    const tx = fromHex(
      `01000000 01 ${of('00', 32)} ffffffff 4d
       04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73
       ffffffff 01 00f2052a01000000 43
       4104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac 00000000`,
    )
    expect(toDisplay(sha256d(strippedTx(tx)))).toBe(
      '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
    )
  })
})
