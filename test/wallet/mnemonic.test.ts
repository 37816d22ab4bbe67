import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  createMnemonic,
  mnemonicFromEntropy,
  parseMnemonic,
  seedOf,
  WORD_COUNTS,
} from '../../src/wallet/mnemonic.js'
import { readVectors } from './read-vectors.js'

interface Bip39 {
  extra_passphrase: string
  vectors: { entropy: string; mnemonic: string; seed: string }[]
}

const bip39 = readVectors('bip-0039.json') as Bip39
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const GOOD = 'legal winner thank year wave sausage worth useful legal winner thank yellow'

test.each(bip39.vectors)(
  'BIP-39 vector $entropy: entropy to words to seed',
  async ({ entropy, mnemonic, seed }) => {
    expect(mnemonicFromEntropy(bytes(entropy))).toBe(mnemonic)
    expect(parseMnemonic(mnemonic)).toBe(mnemonic)
    expect(await seedOf(mnemonic, bip39.extra_passphrase)).toEqual(bytes(seed))
  },
)

test('without the extra passphrase of BIP-39 the seed is another one', async () => {
  expect(await seedOf(GOOD)).not.toEqual(await seedOf(GOOD, 'x'))
})

test('a created mnemonic has the words asked for, spells the given randomness and is valid', () => {
  for (const count of WORD_COUNTS) {
    const random = (size: number) => new Uint8Array(size).fill(count)
    const mnemonic = createMnemonic(count, random)
    expect(mnemonic.split(' ')).toHaveLength(count)
    expect(mnemonic).toBe(mnemonicFromEntropy(random((count / 3) * 4)))
    expect(parseMnemonic(mnemonic)).toBe(mnemonic)
  }
})

test('any entropy of a legal size becomes words that are accepted', () => {
  const entropy = fc
    .constantFrom(16, 20, 24, 28, 32)
    .chain((size) => fc.uint8Array({ minLength: size, maxLength: size }))
  fc.assert(fc.property(entropy, (value) => parseMnemonic(mnemonicFromEntropy(value)).length > 0))
})

test('case, line breaks and extra spaces do not matter', () => {
  expect(parseMnemonic(`  ${GOOD.toUpperCase().replaceAll(' ', ' \n ')}\t`)).toBe(GOOD)
})

test('a wrong number of words is named', () => {
  expect(() => parseMnemonic('zoo zoo')).toThrow('a mnemonic has 12, 15, 18, 21, 24 words, not 2')
  expect(() => parseMnemonic('')).toThrow('not 0')
  expect(() => createMnemonic(13, (size) => new Uint8Array(size))).toThrow('not 13')
})

test('unknown words are named by their place and not repeated', () => {
  const typo = GOOD.replace('wave', 'wafe')
  expect(() => parseMnemonic(typo)).toThrow('word 5 is not in the English word list of BIP-39')
  expect(() => parseMnemonic(typo.replace('yellow', 'jellow'))).toThrow('words 5, 12 are not in')
  expect(() => parseMnemonic(typo)).not.toThrow(/wafe/)
})

test('a wrong checksum is told apart from an unknown word', () => {
  expect(() => parseMnemonic(GOOD.replace('yellow', 'zoo'))).toThrow('the checksum is wrong')
})
