import { createPublicKey, verify } from 'node:crypto'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { KeyPair } from '../../src/wallet/keys.js'
import { isPublicKey } from '../../src/wallet/public-key.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { ed25519Vectors } from './ed25519-vectors.js'

const { accepted, refused_public_keys: refused, forgery } = ed25519Vectors
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const keys = new KeyPair(new Uint8Array(32).fill(1))
const message = new Uint8Array(32).fill(2)
const signature = keys.sign(message)

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const importRaw = (publicKey: string) =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes(publicKey).toString('base64url') },
    format: 'jwk',
  })
const nodeVerifies = (publicKey: string, text: Uint8Array, hex: string) =>
  verify(null, text, importRaw(publicKey), bytes(hex))

/** The same R with S + L, which a verifier that does not insist on S < L takes for another valid signature. */
function withLargerS(hex: string): string {
  const s = BigInt(`0x${bytes(hex).subarray(32).reverse().toString('hex')}`) + GROUP_ORDER
  return hex.slice(0, 64) + bytes(s.toString(16).padStart(64, '0')).reverse().toString('hex')
}

test.each(accepted)('RFC 8032 vector: key $public_key', (vector) => {
  expect(new SignatureVerifier().verify(vector.public_key, bytes(vector.message), vector.signature)).toBe(
    true,
  )
})

test('S + L is refused, by node:crypto itself too', () => {
  const malleated = withLargerS(signature)
  expect(malleated).toHaveLength(128)
  expect(nodeVerifies(keys.publicKey, message, malleated)).toBe(false)
  expect(new SignatureVerifier().verify(keys.publicKey, message, malleated)).toBe(false)
})

test('node:crypto takes the identity for a key and one signature for every message; we do not', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (text) => {
      expect(nodeVerifies(forgery.public_key, text, forgery.signature)).toBe(true)
      expect(new SignatureVerifier().verify(forgery.public_key, text, forgery.signature)).toBe(false)
    }),
    { numRuns: 20 },
  )
})

test.each(refused)('public key $public_key (order $order) is refused', ({ public_key }) => {
  expect(isPublicKey(public_key)).toBe(false)
  expect(new SignatureVerifier().verify(public_key, message, forgery.signature)).toBe(false)
})

test('node:crypto finds forgeries for every key of small order, so the table is needed in full', () => {
  const zeroS = '0'.repeat(64)
  const points = refused.filter(({ order }) => order !== null).map(({ public_key }) => public_key)
  const texts = Array.from({ length: 64 }, (_, i) => Uint8Array.of(i))
  for (const key of points) {
    const forged = points.some((r) => texts.some((text) => nodeVerifies(key, text, r + zeroS)))
    expect([key, forged]).toEqual([key, true])
  }
})

test('the largest reduced field element is no second spelling: only 2^255 - 19 and above are unreduced', () => {
  const top = (low: string, high: string) => low + 'ff'.repeat(30) + high
  expect(isPublicKey(top('eb', '7f'))).toBe(true)
  for (const low of ['ed', 'ee', 'ef', 'f0', 'ff']) expect(isPublicKey(top(low, '7f'))).toBe(false)
  for (const low of ['ed', 'ff']) expect(isPublicKey(top(low, 'ff'))).toBe(false)
  expect(isPublicKey(top('ff', '7e'))).toBe(true)
})

test('every other spelling of a good key or signature is refused', () => {
  const verifier = new SignatureVerifier()
  const spellings = [
    (t: string) => t.toUpperCase(),
    (t: string) => `${t}00`,
    (t: string) => t.slice(2),
    (t: string) => `0x${t}`,
  ]
  for (const respell of [...spellings, (t: string) => `${t}\n`, () => '', (t: string) => `g${t.slice(1)}`]) {
    expect(verifier.verify(respell(keys.publicKey), message, signature)).toBe(false)
    expect(verifier.verify(keys.publicKey, message, respell(signature))).toBe(false)
  }
  expect(verifier.verify(keys.publicKey, message, signature)).toBe(true)
})

test('a changed bit anywhere in the signature is refused', () => {
  const verifier = new SignatureVerifier()
  fc.assert(
    fc.property(fc.nat({ max: 511 }), (bit) => {
      const changed = bytes(signature)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      return !verifier.verify(keys.publicKey, message, changed.toString('hex'))
    }),
  )
})

test('bytes that are no point of the curve never verify and never throw', () => {
  const verifier = new SignatureVerifier()
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((raw) => Buffer.from(raw).toString('hex'))
  fc.assert(fc.property(key, (publicKey) => !verifier.verify(publicKey, message, signature)))
})

test('a verifier that remembers one key still verifies with many', () => {
  const verifier = new SignatureVerifier(1)
  const pairs = [3, 4, 5].map((n) => new KeyPair(new Uint8Array(32).fill(n)))
  for (const pair of [...pairs, ...pairs])
    expect(verifier.verify(pair.publicKey, message, pair.sign(message))).toBe(true)
})
