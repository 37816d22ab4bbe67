import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { DEVELOPMENT_MNEMONIC } from '../../src/wallet/development-accounts.js'
import { account } from '../support/chain.js'
import { runWallet } from './wallet-io.js'
import { expectNoSecret, faultIn, PASSPHRASE, walletPath } from './wallet-secrets.js'

// scrypt costs a good third of a second each time, and more on a machine that is busy.
jest.setTimeout(60_000)

test('on a terminal create asks for the passphrase twice, shows none of it, and shows the words', async () => {
  const path = await walletPath()
  const { stdout, talk, error } = await runWallet(['create', '--wallet', path], {
    answers: [
      [/New passphrase/, PASSPHRASE],
      [/once more/, PASSPHRASE],
    ],
  })
  expect(error).toBeUndefined()
  expect(stdout).toMatch(/\n\n([a-z]+ ){11}[a-z]+\n$/)
  expect(talk).not.toContain('correct')
  expect(talk).not.toMatch(/[•▪*]/)
  expect((await runWallet(['add', '--wallet', path], { passphrase: PASSPHRASE })).error).toBeUndefined()
})

test('two passphrases that differ, an empty one, and giving up make no wallet', async () => {
  const path = await walletPath()
  const attempts = [
    [
      [/New passphrase/, 'one'],
      [/once more/, 'two'],
    ],
    [[/New passphrase/, '']],
    [[/New passphrase/, '\u0003']],
  ] as const
  const faults = []
  for (const answers of attempts)
    faults.push(faultIn(await runWallet(['create', '--wallet', path], { answers })))
  expect(faults).toEqual([
    'the two passphrases differ',
    'a wallet needs a passphrase',
    'cancelled; nothing was done',
  ])
  expect(await readdir(join(path, '..'))).toEqual([])
})

test('on a terminal restore asks for the words, which do not show', async () => {
  const path = await walletPath()
  const { stdout, talk, error } = await runWallet(['restore', '--wallet', path], {
    answers: [
      [/words of the wallet/, DEVELOPMENT_MNEMONIC],
      [/New passphrase/, PASSPHRASE],
      [/once more/, PASSPHRASE],
    ],
  })
  expect(error).toBeUndefined()
  expect(stdout).toBe(`made ${path}; its first account is ${account(0).address}\n`)
  await expectNoSecret(talk, DEVELOPMENT_MNEMONIC)
})
