import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { binaryOf, bytesOf } from '../../src/ledger/payload/binary.js'
import { utf8Text } from '../../src/ledger/text.js'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textByNode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

/** Where the ranges of UTF-8's bytes begin and end. */
const edges = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5,
]
const nearlyUtf8 = fc
  .array(fc.constantFrom(...edges, 0xbb, 0x41), { maxLength: 6 })
  .map((some) => Uint8Array.from(some))

test('PAY-9: bytes are text exactly where they are well-formed UTF-8', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyUtf8, fc.uint8Array()), (bytes) => {
      expect(utf8Text(bytes)).toBe(textByNode(bytes))
    }),
    { numRuns: 3000 },
  )
})

test('PAY-9: bytes come back from either form as they were, and have one form', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyUtf8, fc.uint8Array()), (bytes) => {
      const binary = binaryOf(bytes)
      expect(bytesOf(binary)).toEqual(bytes)
      expect('text' in binary).toBe(textByNode(bytes) !== undefined)
      expect(binaryOf(bytesOf({ hex: Buffer.from(bytes).toString('hex') }))).toEqual(binary)
    }),
  )
  expect(binaryOf(new Uint8Array())).toEqual({ text: '' })
  expect(binaryOf(Uint8Array.of(0xff, 0x00))).toEqual({ hex: 'ff00' })
})

test('a long text with a byte order mark and astral characters comes back whole', () => {
  const text = `\ufeff${'grüß 🌱 \u0000'.repeat(3000)}`
  expect(utf8Text(Buffer.from(text))).toBe(text)
})
