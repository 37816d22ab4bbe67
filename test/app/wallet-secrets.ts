import { join } from 'node:path'
import { expect } from '@jest/globals'
import { accountPath, deriveKey } from '../../src/wallet/derivation.js'
import { seedOf } from '../../src/wallet/mnemonic.js'
import { temporaryFolder } from '../support/cleanup.js'
import type { WalletRun } from './wallet-io.js'

export const PASSPHRASE = 'correct horse battery'

/** Where a test may make a wallet file. */
export async function walletPath(): Promise<string> {
  return join(await temporaryFolder(), 'wallet.json')
}

/** Fails where two words in a row, the passphrase or the first account's key show. */
export async function expectNoSecret(text: string, words: string): Promise<void> {
  const list = words.split(' ')
  const pairs = list.slice(1).map((word, i) => `${list[i]} ${word}`)
  const key = deriveKey(await seedOf(words), accountPath(0)).key
  const secrets = [
    PASSPHRASE,
    ...pairs,
    Buffer.from(key).toString('hex'),
    Buffer.from(key).toString('base64'),
  ]
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
}

/** The message of a command that printed no result and failed. */
export function faultIn({ stdout, error }: WalletRun): string {
  expect(stdout).toBe('')
  expect(error).toBeDefined()
  return error?.message ?? ''
}
