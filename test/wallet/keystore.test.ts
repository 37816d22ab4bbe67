import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Keystore, lockKeystore, parseKeystore, unlockKeystore } from '../../src/wallet/keystore.js'
import type { WalletError } from '../../src/wallet/wallet-error.js'

const SECRET = 'legal winner thank year wave sausage worth useful legal winner thank yellow'
const PASSPHRASE = 'correct horse'
const ACCOUNTS = [{ index: 0, name: 'savings', address: `0x${'ab'.repeat(20)}` }]
const CHEAP = { scryptN: 2 }
const WRONG = 'the passphrase is wrong, or the wallet file was changed'

const locked = () => lockKeystore(SECRET, ACCOUNTS, PASSPHRASE, CHEAP)
const reread = (keystore: unknown) => parseKeystore(JSON.stringify(keystore))

/** A copy of the file with another value at `path`, such as kdf.n. */
function edited(keystore: Keystore, path: string, change: (old: unknown) => unknown): unknown {
  const copy = JSON.parse(JSON.stringify(keystore)) as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((node, key) => node[key] as Record<string, unknown>, copy)
  parent[last] = change(parent[last])
  return copy
}

/** The code of the error that `action` throws, or undefined. */
function codeOf(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return (error as WalletError).code
  }
}

test('what was locked unlocks with the same passphrase', async () => {
  expect(await unlockKeystore(reread(await locked()), PASSPHRASE)).toBe(SECRET)
})

test('any secret and passphrase survive the round trip', async () => {
  const passphrase = fc.string({ minLength: 1, unit: 'grapheme' })
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), passphrase, async (secret, pass) => {
      const keystore = reread(await lockKeystore(secret, ACCOUNTS, pass, CHEAP))
      expect(await unlockKeystore(keystore, pass)).toBe(secret)
    }),
    { numRuns: 30 },
  )
})

test('the default cost is 2^17, and every lock takes a new salt and IV', async () => {
  const [a, b] = [await locked(), await locked()]
  expect((await lockKeystore(SECRET, [], PASSPHRASE)).kdf).toMatchObject({
    name: 'scrypt',
    n: 131072,
    r: 8,
    p: 1,
  })
  expect(a.kdf.salt).not.toBe(b.kdf.salt)
  expect(a.cipher.iv).not.toBe(b.cipher.iv)
})

test('given randomness makes the same file again, so its form is pinned', async () => {
  const random = (size: number) => new Uint8Array(size).fill(9)
  const keystore = await lockKeystore('secret', ACCOUNTS, PASSPHRASE, { ...CHEAP, random })
  expect(keystore).toEqual({
    version: 1,
    kdf: { name: 'scrypt', n: 2, r: 8, p: 1, salt: '09'.repeat(32) },
    cipher: {
      name: 'aes-256-gcm',
      iv: '09'.repeat(12),
      tag: '56b81cba37938137ef841fb1cc966649',
      ciphertext: '093947f72f5a',
    },
    accounts: ACCOUNTS,
  })
})

test('a passphrase typed in another Unicode form is the same one', async () => {
  const keystore = await lockKeystore(SECRET, [], 'caf\u00e9', CHEAP)
  expect(await unlockKeystore(keystore, 'cafe\u0301')).toBe(SECRET)
})

test('a wrong passphrase has one error, without the passphrase in it', async () => {
  const keystore = await locked()
  for (const passphrase of ['correct hors', 'CORRECT HORSE', '', 'x'.repeat(1000)])
    await expect(unlockKeystore(keystore, passphrase)).rejects.toMatchObject({
      code: 'passphrase',
      message: WRONG,
    })
})

test('an empty passphrase locks nothing', async () => {
  await expect(lockKeystore(SECRET, ACCOUNTS, '', CHEAP)).rejects.toMatchObject({ code: 'passphrase' })
})

test('the file holds neither the secret nor the passphrase', async () => {
  const text = JSON.stringify(await locked())
  for (const secret of [SECRET, PASSPHRASE])
    for (const encoding of ['utf8', 'hex', 'base64'] as const)
      expect(text).not.toContain(Buffer.from(secret).toString(encoding))
})

const flipped = (hex: unknown) =>
  String(hex).replace(/^./, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16))
const tampering: [path: string, what: string, change: (old: unknown) => unknown][] = [
  ['kdf.n', 'changed', () => 4],
  ['kdf.salt', 'changed', flipped],
  ['cipher.iv', 'changed', flipped],
  ['cipher.tag', 'changed', flipped],
  ['cipher.ciphertext', 'changed', flipped],
  ['cipher.ciphertext', 'shortened', (old) => String(old).slice(2)],
  ['accounts.0.name', 'changed', () => 'spending'],
  ['accounts.0.index', 'changed', () => 1],
  ['accounts.0.address', 'changed', () => `0x${'00'.repeat(20)}`],
  ['accounts', 'emptied', () => []],
]

test.each(tampering)('%s %s is noticed when the file is unlocked', async (path, _what, change) => {
  const keystore = reread(edited(await locked(), path, change))
  await expect(unlockKeystore(keystore, PASSPHRASE)).rejects.toThrow(WRONG)
})

test('the order of keys in the file does not matter', async () => {
  const { version, kdf, cipher, accounts } = await locked()
  const turned = { accounts, cipher, kdf: Object.fromEntries(Object.entries(kdf).reverse()), version }
  expect(await unlockKeystore(reread(turned), PASSPHRASE)).toBe(SECRET)
})

const malformed: [path: string, value: unknown][] = [
  ['version', 2],
  ['version', undefined],
  ['kdf.name', 'pbkdf2'],
  ['cipher.name', 'aes-256-cbc'],
  ['kdf.n', 2 ** 30],
  ['kdf.n', 2 ** 19],
  ['kdf.n', 0],
  ['kdf.n', 1],
  ['kdf.n', -2],
  ['kdf.n', 3],
  ['kdf.n', 1e308],
  ['kdf.n', '2'],
  ['kdf.r', 2 ** 20],
  ['kdf.p', 2 ** 20],
  ['extra', 1],
  ['kdf.extra', 1],
  ['cipher.extra', 1],
  ['accounts.0.extra', 1],
  ['kdf.salt', '00'],
  ['cipher.tag', '00'.repeat(4)],
  ['cipher.iv', 'AA'.repeat(12)],
  ['cipher.ciphertext', ''],
  ['cipher.ciphertext', '00'.repeat(5000)],
  ['accounts', {}],
  ['accounts', Array(10_001).fill(ACCOUNTS[0])],
  ['accounts.0.name', '\u001b[31m'],
  ['accounts.0.name', '\ud800'],
  ['accounts.0.name', ''],
  ['accounts.0.address', '0x'],
  ['accounts.0.index', -1],
]

test.each(malformed)('a file with %s: %.30j is refused before any key is derived', async (path, value) => {
  const file = edited(await locked(), path, () => value)
  expect(codeOf(() => reread(file))).toBe('wallet_file')
})

test.each(['', 'null', '[]', '7', '"x"', '{', '{"version":1,"version":1}', '['.repeat(100_000)])(
  'the text %.20j is no wallet file',
  (text) => {
    expect(() => parseKeystore(text)).toThrow(/^this is no wallet file: /)
  },
)

test('a mnemonic taken for a wallet file is not repeated in the error', () => {
  expect(() => parseKeystore(SECRET)).toThrow(/^this is no wallet file: it is not JSON$/)
})

test('any other JSON is refused as no wallet file', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(codeOf(() => parseKeystore(text))).toBe('wallet_file')
    }),
  )
})

test('the event loop goes on while a key is derived', async () => {
  let turns = 0
  const ticking = setInterval(() => turns++, 1)
  await lockKeystore(SECRET, [], PASSPHRASE, { scryptN: 2 ** 15 })
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(0)
})
