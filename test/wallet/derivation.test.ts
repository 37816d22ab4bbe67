import { expect, test } from '@jest/globals'
import { accountPath, deriveKey } from '../../src/wallet/derivation.js'
import { KeyPair } from '../../src/wallet/keys.js'
import { readVectors } from './read-vectors.js'

interface Slip10 {
  vectors: {
    seed: string
    keys: { path: string; chain_code: string; private_key: string; public_key: string }[]
  }[]
}

const cases = (readVectors('slip-0010.json') as Slip10).vectors.flatMap(({ seed, keys }) =>
  keys.map((key) => ({ seed, ...key })),
)
const seed = Buffer.alloc(64, 7)

test.each(cases)('SLIP-0010 vector $seed $path', ({ seed, path, chain_code, private_key, public_key }) => {
  const { key, chainCode } = deriveKey(Buffer.from(seed, 'hex'), path)
  expect(Buffer.from(key).toString('hex')).toBe(private_key)
  expect(Buffer.from(chainCode).toString('hex')).toBe(chain_code)
  expect(new KeyPair(key).publicKey).toBe(public_key)
})

test('an account lies at its own BIP-44 path, all levels hardened', () => {
  expect(accountPath(0)).toBe("m/44'/1'/0'/0'/0'")
  expect(accountPath(9)).toBe("m/44'/1'/9'/0'/0'")
  expect(deriveKey(seed, accountPath(0)).key).not.toEqual(deriveKey(seed, accountPath(1)).key)
})

test.each([
  '',
  '44',
  "44'/1'",
  'm/44',
  "m/44'/1",
  "m/44'/",
  "m/2147483648'",
  "m/-1'",
  "m/01'",
  "m/1e3'",
  "M/0'",
  'm/0h',
  "m/ 0'",
])('the path %j is refused', (path) => {
  expect(() => deriveKey(seed, path)).toThrow(/derivation path starts with m|hardened/)
})
