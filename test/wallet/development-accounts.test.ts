import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { accountPath } from '../../src/wallet/derivation.js'
import { DEVELOPMENT_MNEMONIC, developmentWallet } from '../../src/wallet/development-accounts.js'
import { readVectors } from './read-vectors.js'

interface DevelopmentAccounts {
  mnemonic: string
  accounts: { index: number; path: string; public_key: string; address: string }[]
}

const vectors = readVectors('development-accounts.json') as DevelopmentAccounts
const manual = readFileSync(new URL('../../docs/wallets.md', import.meta.url), 'utf8').replace(/ +/g, ' ')

test('the ten development accounts are the ones of the vector file', async () => {
  const { accounts } = await developmentWallet()
  const found = accounts.map(({ index, keys }) => ({
    index,
    path: accountPath(index),
    public_key: keys.publicKey,
    address: keys.address,
  }))
  expect(found).toEqual(vectors.accounts)
  expect(found).toHaveLength(10)
  expect(DEVELOPMENT_MNEMONIC).toBe(vectors.mnemonic)
})

test('the manual lists the development accounts and their mnemonic', () => {
  expect(manual).toContain(DEVELOPMENT_MNEMONIC)
  for (const { index, address, public_key } of vectors.accounts)
    expect(manual).toContain(`| ${index} | \`${address}\` | \`${public_key}\` |`)
})
