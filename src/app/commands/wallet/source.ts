import { developmentWallet } from '../../../wallet/development-accounts.js'
import { type AccountEntry, parseKeystore } from '../../../wallet/keystore.js'
import { Wallet } from '../../../wallet/wallet.js'
import { SettingsError } from '../../settings/errors.js'
import type { Io } from './io.js'
import { type Flags, isSet, textOf, walletPath } from './options.js'
import { passphrase } from './passphrase.js'
import { readWalletFile } from './wallet-file.js'

/** The open part of the wallet that the flags name; needs no passphrase, and is proven by none. */
export async function accountsOf(flags: Flags): Promise<readonly AccountEntry[]> {
  if (isDev(flags)) return (await developmentWallet()).accounts
  return parseKeystore(await readWalletFile(walletPath(flags))).accounts
}

/** The wallet that the flags name, with its keys. */
export async function openWallet(io: Io, flags: Flags): Promise<Wallet> {
  if (isDev(flags)) return developmentWallet()
  const text = await readWalletFile(walletPath(flags))
  // A file that is no wallet is told before anybody is asked.
  parseKeystore(text)
  return Wallet.open(text, await passphrase(io, textOf(flags, 'passphrase-file')))
}

function isDev(flags: Flags): boolean {
  if (!isSet(flags, 'dev')) return false
  if (textOf(flags, 'wallet') === undefined) return true
  throw new SettingsError('--dev takes no wallet file: leave --wallet out')
}
