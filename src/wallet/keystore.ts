import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { type Static, Type } from '@sinclair/typebox'
import { compile } from '../api/validator.js'
import { canonicalJson } from '../base/canonical-json.js'
import { assert } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import { parseAccountName } from './account-name.js'
import { DEFAULT_SCRYPT_N, deriveFileKey, isScryptN, SCRYPT_P, SCRYPT_R } from './file-key.js'
import type { RandomBytes } from './mnemonic.js'
import { WalletError } from './wallet-error.js'

const hexOf = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${bytes * 2}}$` })

const AccountEntrySchema = Type.Object(
  {
    index: Type.Integer({ minimum: 0, maximum: 0x7fffffff }),
    name: Type.String(),
    address: Type.String({ pattern: '^0x[0-9a-f]{40}$' }),
  },
  { additionalProperties: false },
)

const KdfSchema = Type.Object(
  {
    name: Type.Literal('scrypt'),
    n: Type.Integer(),
    r: Type.Literal(SCRYPT_R),
    p: Type.Literal(SCRYPT_P),
    salt: hexOf(32),
  },
  { additionalProperties: false },
)

const CipherSchema = Type.Object(
  {
    name: Type.Literal('aes-256-gcm'),
    iv: hexOf(12),
    tag: hexOf(16),
    ciphertext: Type.String({ pattern: '^([0-9a-f]{2}){1,1024}$' }),
  },
  { additionalProperties: false },
)

const KeystoreSchema = Type.Object(
  {
    version: Type.Literal(1),
    kdf: KdfSchema,
    cipher: CipherSchema,
    accounts: Type.Array(AccountEntrySchema, { maxItems: 10_000 }),
  },
  { additionalProperties: false },
)

/** What a wallet file says in the open: no key, but which addresses belong together. */
export type AccountEntry = Static<typeof AccountEntrySchema>

/** A wallet file, as it stands in JSON. docs/wallets.md describes it. */
export type Keystore = Static<typeof KeystoreSchema>

type Header = Omit<Keystore, 'cipher'> & { cipher: Pick<Keystore['cipher'], 'name' | 'iv'> }

/** How to lock a wallet; what is left out is the secure choice. */
export interface LockOptions {
  readonly random?: RandomBytes
  /** The cost n of scrypt; less than the default is for tests. */
  readonly scryptN?: number
}

/** Encrypts `secret` under `passphrase` and binds the open part to it. @throws {WalletError} `passphrase` when it is empty. */
export async function lockKeystore(
  secret: string,
  accounts: readonly AccountEntry[],
  passphrase: string,
  { random = randomBytes, scryptN: n = DEFAULT_SCRYPT_N }: LockOptions = {},
): Promise<Keystore> {
  if (passphrase === '') throw new WalletError('passphrase', 'a wallet needs a passphrase')
  assert(isScryptN(n), 'the cost of scrypt is out of bounds')
  const header: Header = {
    version: 1,
    kdf: { name: 'scrypt', n, r: SCRYPT_R, p: SCRYPT_P, salt: hex(random(32)) },
    cipher: { name: 'aes-256-gcm', iv: hex(random(12)) },
    accounts: [...accounts],
  }
  const key = await deriveFileKey(passphrase, bytes(header.kdf.salt), n)
  const cipher = createCipheriv(header.cipher.name, key, bytes(header.cipher.iv)).setAAD(boundPart(header))
  const ciphertext = hex(Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]))
  return { ...header, cipher: { ...header.cipher, tag: hex(cipher.getAuthTag()), ciphertext } }
}

/**
 * The secret of a wallet file.
 * @throws {WalletError} `passphrase` when it is wrong or anything in the file was changed: the cipher cannot tell which.
 */
export async function unlockKeystore(keystore: Keystore, passphrase: string): Promise<string> {
  const { kdf, cipher } = keystore
  const key = await deriveFileKey(passphrase, bytes(kdf.salt), kdf.n)
  const decipher = createDecipheriv(cipher.name, key, bytes(cipher.iv), { authTagLength: 16 })
  decipher.setAAD(boundPart(keystore)).setAuthTag(bytes(cipher.tag))
  try {
    return decipher.update(cipher.ciphertext, 'hex', 'utf8') + decipher.final('utf8')
  } catch {
    throw new WalletError('passphrase', 'the passphrase is wrong, or the wallet file was changed')
  }
}

const keystoreFault = compile(KeystoreSchema)

/**
 * Reads the text of a wallet file. Needs no passphrase, so what it says of the accounts is proven only by unlocking.
 * @throws {WalletError} `wallet_file` for anything but a whole file of version 1 whose key costs bounded memory and time.
 */
export function parseKeystore(text: string): Keystore {
  const value = parseText(text)
  if (isOtherVersion(value)) throw invalid('its version is not 1, the only one this program knows')
  const fault = keystoreFault(value)
  if (fault) throw invalid(`at ${fault.path || 'its root'}: it is not of the right shape`)
  const keystore = value as Keystore
  if (!isScryptN(keystore.kdf.n)) throw invalid('at /kdf/n: no power of two, or more than it may cost')
  if (!keystore.accounts.every(({ name }) => isAccountName(name)))
    throw invalid('at /accounts: a name no account can have')
  return keystore
}

function parseText(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    // Not the parser's message: it quotes the text, which may be anything, a mnemonic too.
    throw invalid('it is not JSON')
  }
}

function isOtherVersion(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'version' in value && value.version !== 1
}

/** A name may be shown before the file is proven genuine, so it must not carry, say, escape codes for a terminal. */
function isAccountName(name: string): boolean {
  try {
    return parseAccountName(name) === name
  } catch {
    return false
  }
}

function invalid(reason: string): WalletError {
  return new WalletError('wallet_file', `this is no wallet file: ${reason}`)
}

/** Everything but the ciphertext and its tag, as the additional data that the tag covers. */
function boundPart({ version, kdf, cipher, accounts }: Header): Buffer {
  const header = { version, kdf, cipher: { name: cipher.name, iv: cipher.iv }, accounts }
  return Buffer.from(canonicalJson(header), 'utf8')
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex')
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'hex')
}
