import { Wallet } from '../../../wallet/wallet.js'
import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { askSecret } from './ask.js'
import { canAsk, type Io } from './io.js'
import { flagsOf, isSet, readText, textOf, walletPath } from './options.js'
import { isPassphraseGiven, newPassphrase } from './passphrase.js'
import { print, printJson } from './print.js'
import { checkNoWalletFile, createWalletFile } from './wallet-file.js'

/** Far more than 24 words. */
const MAX_WORDS_BYTES = 4096

const MAX_ACCOUNTS = 1000

/** Makes a wallet file around words that are known. */
export const restore = (io: Io): Command => ({
  name: 'restore',
  describe: 'make a wallet from its words',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'restore',
        usage: '[options]',
        describe:
          'Makes a wallet from words that are asked for, or read from stdin where that is no terminal.',
        shared: ['wallet', 'passphrase-file', 'json'],
        own: { accounts: 'how many accounts it has [1]' },
        example: ['$0 --accounts 3', 'the wallet of these words with its first three accounts'],
      },
      args,
    )
    const path = walletPath(flags)
    const accounts = readText('accounts', textOf(flags, 'accounts') ?? '1', integerIn(1, MAX_ACCOUNTS))
    const passphraseFile = textOf(flags, 'passphrase-file')
    await checkNoWalletFile(path)
    const words = await readWords(io, isPassphraseGiven(io, passphraseFile))
    const wallet = await Wallet.restore(words, accounts)
    await createWalletFile(path, await wallet.lock(await newPassphrase(io, passphraseFile)))
    if (isSet(flags, 'json')) printJson(io, { wallet: path, ...wallet.toJSON() })
    else print(io, `made ${path}; its first account is ${wallet.account(0).address}`)
  },
})

async function readWords(io: Io, isPassphraseGiven: boolean): Promise<string> {
  if (canAsk(io)) return askSecret(io, 'The words of the wallet, separated by spaces')
  if (io.input.isTTY)
    throw new Error('the words would show as they are typed: run this without redirecting stderr')
  if (!isPassphraseGiven)
    throw new Error('the words come from stdin, so the passphrase cannot: set TERRARIUM_WALLET_PASSPHRASE')
  let text = ''
  for await (const chunk of io.input) {
    text += String(chunk)
    if (text.length > MAX_WORDS_BYTES) throw new Error('stdin holds more than the words of a wallet')
  }
  return text
}
