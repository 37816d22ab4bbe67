import { randomBytes } from 'node:crypto'
import type { Signature } from '../ledger/signature.js'
import { Account, deriveAccount } from './account.js'
import { parseAccountName } from './account-name.js'
import { MAX_INDEXES } from './derivation.js'
import { type AccountReference, findAccount } from './find-account.js'
import {
  type AccountEntry,
  lockKeystore,
  type LockOptions,
  parseKeystore,
  unlockKeystore,
} from './keystore.js'
import { createMnemonic, parseMnemonic, type RandomBytes, seedOf } from './mnemonic.js'
import { WalletError } from './wallet-error.js'

/**
 * Accounts that all derive from one mnemonic. The mnemonic and the keys are private to the object: printing,
 * inspecting or serialising it shows the open part only.
 */
export class Wallet {
  readonly #mnemonic: string
  readonly #seed: Uint8Array
  #accounts: readonly Account[]

  private constructor(mnemonic: string, seed: Uint8Array, accounts: readonly Account[]) {
    this.#mnemonic = mnemonic
    this.#seed = seed
    this.#accounts = accounts
  }

  /** A new wallet with one account. */
  static create(wordCount = 12, random: RandomBytes = randomBytes): Promise<Wallet> {
    return Wallet.restore(createMnemonic(wordCount, random))
  }

  /**
   * The wallet of these words, with its first `accountCount` accounts.
   * @throws {WalletError} `mnemonic`, telling what is wrong with the words.
   */
  static async restore(words: string, accountCount = 1): Promise<Wallet> {
    const mnemonic = parseMnemonic(words)
    const wallet = new Wallet(mnemonic, await seedOf(mnemonic), [])
    for (let i = 0; i < accountCount; i++) wallet.addAccount()
    return wallet
  }

  /**
   * The wallet in the text of a wallet file.
   * @throws {WalletError} `wallet_file` or `passphrase`.
   */
  static async open(fileText: string, passphrase: string): Promise<Wallet> {
    const keystore = parseKeystore(fileText)
    const mnemonic = await unlockKeystore(keystore, passphrase)
    const seed = await seedOf(mnemonic)
    return new Wallet(
      mnemonic,
      seed,
      keystore.accounts.map((entry) => accountOf(seed, entry)),
    )
  }

  /** In order of index. */
  get accounts(): readonly Account[] {
    return this.#accounts
  }

  /** Adds the account after the last one. @throws {WalletError} `account` when the name cannot be given. */
  addAccount(name?: string): Account {
    const index = (this.#accounts.at(-1)?.index ?? -1) + 1
    if (index >= MAX_INDEXES) throw new WalletError('account', 'there are no more accounts in this wallet')
    const account = deriveAccount(this.#seed, index, this.#freeName(name ?? `account ${index}`))
    this.#accounts = [...this.#accounts, account]
    return account
  }

  /** @throws {WalletError} `account` when there is no such account or the name cannot be given. */
  rename(reference: AccountReference, name: string): Account {
    const account = this.account(reference)
    const renamed = new Account(account.index, this.#freeName(name, account), account.keys)
    this.#accounts = this.#accounts.map((other) => (other === account ? renamed : other))
    return renamed
  }

  /** The account with this index (a number, or its digits), address or name. @throws {WalletError} `account`. */
  account(reference: AccountReference): Account {
    return findAccount(this.#accounts, reference)
  }

  /** Signs a message, such as the ledger's for a transaction, with the key of one account. @throws {WalletError} `account`. */
  sign(reference: AccountReference, message: Uint8Array): Signature {
    const { keys } = this.account(reference)
    return { publicKey: keys.publicKey, signature: keys.sign(message) }
  }

  /** The words, for showing them to the owner once. The only way out of the object, so that a search finds every use. */
  revealMnemonic(): string {
    return this.#mnemonic
  }

  /** The text of a wallet file that opens with `passphrase`. Salt and IV are new each time. */
  async lock(passphrase: string, options?: LockOptions): Promise<string> {
    const entries = this.#accounts.map(({ entry }) => entry)
    const keystore = await lockKeystore(this.#mnemonic, entries, passphrase, options)
    return `${JSON.stringify(keystore, null, 2)}\n`
  }

  toJSON(): { accounts: AccountEntry[] } {
    return { accounts: this.#accounts.map(({ entry }) => entry) }
  }

  #freeName(text: string, holder?: Account): string {
    const name = parseAccountName(text)
    const taken = this.#accounts.some((account) => account !== holder && account.name === name)
    if (taken) throw new WalletError('account', `this wallet has an account ${JSON.stringify(name)} already`)
    return name
  }
}

function accountOf(seed: Uint8Array, entry: AccountEntry): Account {
  const account = deriveAccount(seed, entry.index, entry.name)
  if (account.address === entry.address) return account
  throw new WalletError(
    'wallet_file',
    `account ${entry.index} of the wallet file has another address than its key`,
  )
}
