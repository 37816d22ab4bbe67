import { expect, test } from '@jest/globals'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import type { Json } from '../../src/base/json.js'
import { decodeHeader, decodeHeaderJson } from '../../src/ledger/decode-header.js'
import { encodeHeaderJson } from '../../src/ledger/encode-block.js'
import { encodeHeader, HEADER_BYTES, headerHash, NONCE_OFFSET } from '../../src/ledger/header.js'
import { changed, ruleBrokenBy, vectors } from './fixtures.js'

interface HeaderVector {
  readonly header: { [name: string]: Json; hash: string; nonce: string }
  readonly encoded: string
}

const { headers } = vectors('headers') as { headers: HeaderVector[] }

test.each(headers)(
  'header $header.height has its encoding and its hash, and is read back',
  ({ header, encoded }) => {
    const decoded = decodeHeaderJson(header)
    expect(bytesToHex(encodeHeader(decoded))).toBe(encoded)
    expect(headerHash(decoded)).toBe(header.hash)
    expect(decodeHeader(hexToBytes(encoded))).toEqual(decoded)
    expect(encodeHeaderJson(decoded)).toEqual(header)
  },
)

test('the nonce is the end of the encoding', () => {
  const { header, encoded } = headers.at(-1) as HeaderVector
  expect(encoded.slice(2 * NONCE_OFFSET)).toBe(header.nonce)
})

const { header, encoded } = headers[0] as HeaderVector

test.each<[string, string, string, Json | undefined]>([
  ['HDR-1', 'a member too many', 'difficulty', 1],
  ['HDR-1', 'no hash', 'hash', undefined],
  ['HDR-2', 'another version', 'version', 2],
  ['HDR-3', 'a negative height', 'height', -1],
  ['HDR-3', 'a height in text', 'height', '0'],
  ['HDR-4', 'a previous hash of null', 'previous_hash', null],
  ['HDR-5', 'an upper-case merkle root', 'merkle_root', 'AB'.repeat(32)],
  ['HDR-6', 'a count of zero', 'transaction_count', 0],
  ['HDR-6', 'a count beyond 32 bits', 'transaction_count', 2 ** 32],
  ['HDR-7', 'a timestamp with a fraction', 'timestamp', 1.5],
  ['HDR-7', 'a timestamp no calendar shows', 'timestamp', 9e15],
  ['HDR-8', 'bits of zero', 'bits', 0],
  ['HDR-8', 'negative bits', 'bits', -1],
  ['HDR-8', 'bits with the top bit of the target set', 'bits', 0x20800000],
  ['HDR-8', 'bits that are another spelling', 'bits', 0x21007fff],
  ['HDR-9', 'a nonce that is a number', 'nonce', 0],
  ['HDR-9', 'a short nonce', 'nonce', '00'],
  ['HDR-11', 'the hash of another header', 'hash', '00'.repeat(32)],
  ['HDR-11', 'a nonce that is not the hashed one', 'nonce', 'ff'.repeat(8)],
  ['HDR-11', 'a hash of null', 'hash', null],
])('%s is broken by %s', (rule, _how, name, value) => {
  expect(ruleBrokenBy(() => decodeHeaderJson(changed(header, [name], value)))).toBe(rule)
})

test('HDR-10 is broken by an encoding that is cut or longer', () => {
  const bytes = hexToBytes(encoded)
  expect(bytes).toHaveLength(HEADER_BYTES)
  expect(ruleBrokenBy(() => decodeHeader(bytes.subarray(1)))).toBe('HDR-10')
  expect(ruleBrokenBy(() => decodeHeader(hexToBytes(`${encoded}00`)))).toBe('HDR-10')
})

test('HDR-7 is broken by an encoded timestamp beyond the range of exact integers', () => {
  const bytes = hexToBytes(encoded)
  bytes.fill(0xff, 76, 84)
  expect(ruleBrokenBy(() => decodeHeader(bytes))).toBe('HDR-7')
})

test('a header is read from the middle of a buffer', () => {
  const buffer = hexToBytes(`ffff${encoded}ff`)
  expect(decodeHeader(buffer.subarray(2, 2 + HEADER_BYTES)).hash).toBe(header.hash)
})
