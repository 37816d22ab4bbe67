import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { accountPath, deriveKey } from '../../src/wallet/derivation.js'
import { KeyPair } from '../../src/wallet/keys.js'
import { lockKeystore } from '../../src/wallet/keystore.js'
import { seedOf } from '../../src/wallet/mnemonic.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { Wallet } from '../../src/wallet/wallet.js'
import { readVectors } from './read-vectors.js'

interface WalletFileVector {
  passphrase: string
  mnemonic: string
  wallet_file: { accounts: unknown[] }
}

const WORDS = 'ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic'
const CHEAP = { scryptN: 2 }
const message = new Uint8Array(32).fill(3)

test('a wallet is created from the randomness given, with one account', async () => {
  const wallet = await Wallet.create(24, (size) => new Uint8Array(size).fill(0x80))
  expect(wallet.revealMnemonic()).toBe(
    'letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless',
  )
  expect(wallet.accounts.map(({ name }) => name)).toEqual(['account 0'])
})

test('without given randomness no two wallets are the same', async () => {
  const [a, b] = [await Wallet.create(), await Wallet.create()]
  expect(a.revealMnemonic().split(' ')).toHaveLength(12)
  expect(a.revealMnemonic()).not.toBe(b.revealMnemonic())
})

test('accounts are the keys at their BIP-44 paths', async () => {
  const wallet = await Wallet.restore(WORDS, 3)
  const seed = await seedOf(WORDS)
  const expected = [0, 1, 2].map((i) => new KeyPair(deriveKey(seed, accountPath(i)).key).address)
  expect(wallet.accounts.map(({ address }) => address)).toEqual(expected)
  expect(new Set(expected).size).toBe(3)
})

test('bad words are refused with the reason', async () => {
  await expect(Wallet.restore(WORDS.replace('elder', 'eldest'))).rejects.toThrow('word 10 is not in')
})

test('a locked wallet opens with the same accounts, names and words', async () => {
  const wallet = await Wallet.restore(WORDS, 2)
  wallet.addAccount('Müller & Söhne')
  wallet.rename(0, 'savings')
  const opened = await Wallet.open(await wallet.lock('pass', CHEAP), 'pass')
  expect(opened.toJSON()).toEqual(wallet.toJSON())
  expect(opened.accounts.map(({ name }) => name)).toEqual(['savings', 'account 1', 'Müller & Söhne'])
  expect(opened.revealMnemonic()).toBe(WORDS)
  expect(opened.addAccount().index).toBe(3)
})

test('a wallet file made by another implementation opens', async () => {
  const { wallet_file, passphrase, mnemonic } = readVectors('wallet-file.json') as WalletFileVector
  for (const form of ['NFC', 'NFD']) {
    const wallet = await Wallet.open(JSON.stringify(wallet_file), passphrase.normalize(form))
    expect(wallet.revealMnemonic()).toBe(mnemonic)
    expect(wallet.toJSON().accounts).toEqual(wallet_file.accounts)
  }
})

test('a wrong passphrase opens nothing', async () => {
  const text = await (await Wallet.restore(WORDS)).lock('pass', CHEAP)
  await expect(Wallet.open(text, 'Pass')).rejects.toMatchObject({ code: 'passphrase' })
})

test('a file whose address is not the one of its key is refused', async () => {
  const entry = { index: 0, name: 'a', address: `0x${'00'.repeat(20)}` }
  const text = JSON.stringify(await lockKeystore(WORDS, [entry], 'pass', CHEAP))
  await expect(Wallet.open(text, 'pass')).rejects.toThrow('another address than its key')
})

test('an account is found by index, digits, address in any case, and name', async () => {
  const wallet = await Wallet.restore(WORDS, 3)
  const account = wallet.rename(1, 'savings')
  for (const reference of [1, '1', account.address, account.address.toUpperCase(), 'savings', ' savings '])
    expect(wallet.account(reference)).toBe(account)
  for (const reference of [3, -1, 0.5, '', 'Savings', '01', '0x', account.address.slice(0, -1)])
    expect(() => wallet.account(reference)).toThrow(/this wallet has no account "/)
})

test('a name is used once, and a renamed account frees its name', async () => {
  const wallet = await Wallet.restore(WORDS, 2)
  wallet.rename(0, 'a')
  expect(() => wallet.rename(1, 'a')).toThrow('this wallet has an account "a" already')
  expect(() => wallet.addAccount(' a ')).toThrow('already')
  expect(wallet.accounts).toHaveLength(2)
  wallet.rename(0, 'b')
  expect(wallet.rename(1, 'a').index).toBe(1)
  expect(wallet.rename(1, 'a').name).toBe('a')
})

test.each([
  '',
  '  ',
  '7',
  '0x12',
  '0Xab',
  'a\nb',
  '\u001b[31mred',
  '\u202eright-to-left',
  'x'.repeat(65),
  '\ud800',
])('the name %j cannot be given', async (name) => {
  const wallet = await Wallet.restore(WORDS)
  expect(() => wallet.addAccount(name)).toThrow(/an account's name/)
  expect(() => wallet.rename(0, name)).toThrow(/an account's name/)
})

test('an account signs with its own key', async () => {
  const wallet = await Wallet.restore(WORDS, 2)
  const { publicKey, signature } = wallet.sign('account 1', message)
  expect(publicKey).toBe(wallet.account(1).keys.publicKey)
  expect(new SignatureVerifier().verify(publicKey, message, signature)).toBe(true)
  expect(() => wallet.sign('nobody', message)).toThrow('no account "nobody"')
})

test('printing, inspecting or serialising a wallet shows no secret', async () => {
  const wallet = await Wallet.restore(WORDS, 2)
  const seed = Buffer.from(await seedOf(WORDS))
  const key = Buffer.from(deriveKey(seed, accountPath(0)).key)
  const deep = { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null }
  const shown = [
    inspect(wallet, deep),
    inspect(wallet.accounts, deep),
    JSON.stringify(wallet),
    JSON.stringify(wallet.accounts),
  ]
  const text = `${shown.join('\n')}\n${inspect(Object.getOwnPropertyDescriptors(wallet), deep)}`
  for (const word of WORDS.split(' ')) expect(text).not.toContain(word)
  for (const secret of [seed, key])
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(text).not.toContain(secret.toString(encoding).slice(0, 16))
  expect(text).toContain(wallet.account(0).address)
})

test('no error of a wallet repeats its words or passphrase', async () => {
  const text = await (await Wallet.restore(WORDS)).lock('hunter2', CHEAP)
  const failures = [
    () => Wallet.restore(WORDS.replace('ozone', 'ozon')),
    () => Wallet.restore(`${WORDS} picnic`),
    () => Wallet.restore(WORDS.replace('ozone', 'zoo')),
    () => Wallet.open(text, 'hunter3'),
    () => Wallet.open(WORDS, 'hunter2'),
    () => Wallet.open(text.replace('"version": 1', '"version": "hunter2"'), 'hunter2'),
  ]
  for (const fail of failures) {
    const error = await fail().then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(Error)
    expect(inspect(error, { depth: 9 })).not.toMatch(/ozon|picnic|pudding|hunter/)
  }
})
