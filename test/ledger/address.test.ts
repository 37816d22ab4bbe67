import { expect, test } from '@jest/globals'
import { addressOfPublicKey, isAddress } from '../../src/ledger/address.js'
import { keyOf, vectors } from './fixtures.js'

interface AddressVector {
  readonly seed: string
  readonly public_key: string
  readonly address: string
}

test.each((vectors('addresses') as { addresses: AddressVector[] }).addresses)(
  'the key of seed $seed has the address $address',
  ({ seed, public_key, address }) => {
    expect(addressOfPublicKey(public_key)).toBe(address)
    expect(keyOf(Number.parseInt(seed.slice(0, 2), 16)).publicKey).toBe(public_key)
  },
)

const ADDRESS = `0x${'0a'.repeat(20)}`

test.each([
  ADDRESS.toUpperCase(),
  ADDRESS.replaceAll('a', 'A'),
  ADDRESS.slice(2),
  `${ADDRESS}0`,
  ADDRESS.slice(0, -1),
  `${ADDRESS}\n`,
  ` ${ADDRESS}`,
  '',
  null,
  0,
  [ADDRESS],
])('%j is no address', (text) => {
  expect(isAddress(text)).toBe(false)
})

test('0x and 40 lower-case hex digits are an address', () => {
  expect(isAddress(ADDRESS)).toBe(true)
})
