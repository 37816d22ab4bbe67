import { parseKeystore } from '../../../wallet/keystore.js'
import { Wallet } from '../../../wallet/wallet.js'
import type { Io } from './io.js'
import { type Flags, textOf, walletPath } from './options.js'
import { passphrase } from './passphrase.js'
import { readWalletFile, replaceWalletFile } from './wallet-file.js'

/** Opens the wallet file, changes the wallet, and writes the file again under the same passphrase. */
export async function edit<T>(io: Io, flags: Flags, change: (wallet: Wallet) => T): Promise<T> {
  const path = walletPath(flags)
  const text = await readWalletFile(path)
  parseKeystore(text)
  const secret = await passphrase(io, textOf(flags, 'passphrase-file'))
  const wallet = await Wallet.open(text, secret)
  const result = change(wallet)
  await replaceWalletFile(path, await wallet.lock(secret))
  return result
}
