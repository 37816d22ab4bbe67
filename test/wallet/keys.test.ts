import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { KeyPair } from '../../src/wallet/keys.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { ed25519Vectors } from './ed25519-vectors.js'

const bytes = (hex: string) => Buffer.from(hex, 'hex')

test.each(ed25519Vectors.accepted)(
  'RFC 8032 vector: seed $secret',
  ({ secret, public_key, message, signature }) => {
    const keys = new KeyPair(bytes(secret))
    expect(keys.publicKey).toBe(public_key)
    expect(keys.sign(bytes(message))).toBe(signature)
  },
)

test('an address is 0x and the last 40 hex digits of SHA-256 of the public key', () => {
  const [first] = ed25519Vectors.accepted
  const keys = new KeyPair(bytes(first?.secret ?? ''))
  expect(keys.address).toBe('0x046fd2271b7bed4b6abe45aa58877ef47f9721b9')
})

test('whatever a key signs, its public half verifies, and no other message or key does', () => {
  const verifier = new SignatureVerifier()
  const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })
  fc.assert(
    fc.property(seed, fc.uint8Array({ minLength: 1 }), (secret, message) => {
      const keys = new KeyPair(secret)
      const other = new KeyPair(secret.map((byte) => byte ^ 1))
      const signature = keys.sign(message)
      expect(verifier.verify(keys.publicKey, message, signature)).toBe(true)
      expect(verifier.verify(other.publicKey, message, signature)).toBe(false)
      expect(
        verifier.verify(
          keys.publicKey,
          message.map((byte) => byte ^ 1),
          signature,
        ),
      ).toBe(false)
    }),
  )
})

test('a key pair shows its public half and nothing else', () => {
  const secret = new Uint8Array(32).fill(0xa7)
  const keys = new KeyPair(secret)
  const { publicKey, address } = keys
  expect(JSON.parse(JSON.stringify(keys))).toEqual({ publicKey, address })
  const shown = [inspect(keys, { depth: 9, showHidden: true }), JSON.stringify(keys)].join()
  expect(shown).not.toMatch(/a7a7a7|p6enp6|167, ?167|a7 a7/)
  expect(Object.keys(keys).sort()).toEqual(['address', 'publicKey'])
})

test('a seed of another size is refused', () => {
  expect(() => new KeyPair(new Uint8Array(31))).toThrow('32 bytes')
})
