import { createHash } from 'node:crypto'
import { expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { sha256, sha256After } from '../../src/ledger/sha256.js'

/** Short ones, and those that Node hashes. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.integer({ min: 8_000, max: 9_000 }).map((length) => new Uint8Array(length).fill(length & 0xff)),
)

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

test('a long message has the same hash where there is no Node', async () => {
  const ofNode = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule')
  const message = new Uint8Array(1000).fill(7)
  Object.defineProperty(process, 'getBuiltinModule', { value: undefined, configurable: true })
  try {
    jest.resetModules()
    const elsewhere = await import('../../src/ledger/sha256.js')
    expect(elsewhere.sha256).not.toBe(sha256)
    expect(Buffer.from(elsewhere.sha256(message)).toString('hex')).toBe(expected(message))
  } finally {
    Object.defineProperty(process, 'getBuiltinModule', ofNode ?? {})
  }
})
