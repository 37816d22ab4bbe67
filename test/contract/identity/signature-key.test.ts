import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { hasLowS, withLowS } from '../../../src/contract/identity/ecdsa-low-s.js'
import { signMessage, verifierOf } from '../../../src/contract/identity/signature-key.js'

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey
const P256 = ec('P-256')
const P384 = ec('P-384')
const ED25519 = generateKeyPairSync('ed25519').privateKey
const MESSAGE = Buffer.from('message')

const verify = (key: KeyObject, message: Uint8Array, signature: Uint8Array) =>
  verifierOf(createPublicKey(key))?.(message, signature)

const CURVES = [
  ['P-256', P256, 'prime256v1'],
  ['P-384', P384, 'secp384r1'],
] as const

test.each([
  ['P-256 and SHA-256', P256, 'sha256', 'prime256v1'],
  ['P-384 and SHA-384', P384, 'sha384', 'secp384r1'],
  ['P-384 and SHA-256', P384, 'sha256', 'secp384r1'],
  ['Ed25519', ED25519, null, ''],
])('a signature with %s is accepted, and for no other message', async (_kind, key, digest, curve) => {
  const signature = withLowS(sign(digest, MESSAGE, key), curve)
  expect(await verify(key, MESSAGE, signature)).toBe(true)
  expect(await verify(key, Buffer.from('another'), signature)).toBe(false)
})

test('what is signed here is accepted, always with the smaller S', async () => {
  for (const [, key, curve] of CURVES)
    for (let i = 0; i < 64; i++) {
      const message = Buffer.from(String(i))
      const signature = signMessage(key, message)
      expect(hasLowS(signature, curve)).toBe(true)
      expect(await verify(key, message, signature)).toBe(true)
    }
  expect(await verify(ED25519, MESSAGE, signMessage(ED25519, MESSAGE))).toBe(true)
})

test.each(CURVES)(
  'a %s signature with the larger S is refused, though it is a signature',
  async (_name, key, curve) => {
    let high: Buffer
    do high = sign('sha256', MESSAGE, key)
    while (hasLowS(high, curve))
    expect(await verify(key, MESSAGE, high)).toBe(false)
    expect(await verify(key, MESSAGE, withLowS(high, curve))).toBe(true)
  },
)

test('keys of other kinds have no verifier', () => {
  for (const key of [
    ec('secp256k1'),
    ec('P-521'),
    generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
    generateKeyPairSync('ed448').privateKey,
    generateKeyPairSync('x25519').privateKey,
  ])
    expect(verifierOf(createPublicKey(key))).toBeUndefined()
})

test('no bytes make a verifier reject', async () => {
  const valid = CURVES.map(([, key]) => signMessage(key, MESSAGE))
  const torn = fc
    .tuple(fc.constantFrom(...valid), fc.nat(110), fc.integer({ min: 1, max: 255 }))
    .map(([signature, at, change]) => {
      const copy = Buffer.from(signature)
      const place = at % copy.length
      copy[place] = (copy[place] ?? 0) ^ change
      return copy
    })
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), torn), async (signature) => {
      for (const key of [P256, P384, ED25519]) expect(await verify(key, MESSAGE, signature)).toBe(false)
    }),
    { numRuns: 300 },
  )
})
