import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { compareUtf8, isWellFormed, utf8Length } from '../../src/ledger/text.js'

const anyText = fc.string({ unit: 'binary' })
const units = fc
  .array(fc.constantFrom(0x41, 0xe9, 0x20ac, 0xd83d, 0xde00, 0xffee))
  .map((codes) => String.fromCharCode(...codes))

test('texts are ordered as their UTF-8 bytes are', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
  expect(compareUtf8('\u{1f600}', '\uffee')).toBeGreaterThan(0)
})

test('the length of a text is that of its UTF-8 bytes', () => {
  fc.assert(fc.property(anyText, (text) => expect(utf8Length(text)).toBe(Buffer.byteLength(text))))
})

test('a text is well-formed when UTF-8 gives it back', () => {
  fc.assert(
    fc.property(units, (text) => expect(isWellFormed(text)).toBe(Buffer.from(text).toString() === text)),
  )
})
