import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sha256, sha256After } from '../../src/ledger/sha256.js'

const bytes = fc.uint8Array({ maxLength: 200 })

function expected(...parts: readonly Uint8Array[]): string {
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex')
}

test('a hash is SHA-256 of the prefix and the parts after it, whatever was hashed before', () => {
  fc.assert(
    fc.property(bytes, fc.array(fc.array(bytes, { maxLength: 3 }), { maxLength: 5 }), (prefix, messages) => {
      const hash = sha256After(prefix)
      for (const parts of messages) {
        expect(Buffer.from(hash(...parts)).toString('hex')).toBe(expected(prefix, ...parts))
      }
    }),
  )
})

test('a hash stays as it is when others are made', () => {
  const first = sha256(Uint8Array.of(1))
  sha256(Uint8Array.of(2))
  expect(Buffer.from(first).toString('hex')).toBe(expected(Uint8Array.of(1)))
})

test('what is no bytes is refused and harms no later hash', () => {
  expect(() => sha256('text' as unknown as Uint8Array)).toThrow()
  expect(Buffer.from(sha256(Uint8Array.of(3))).toString('hex')).toBe(expected(Uint8Array.of(3)))
})
