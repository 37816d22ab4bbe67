import { WORD_COUNTS } from '../../../wallet/mnemonic.js'
import { Wallet } from '../../../wallet/wallet.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import type { Io } from './io.js'
import { flagsOf, isSet, readText, textOf, walletPath } from './options.js'
import { newPassphrase } from './passphrase.js'
import { print, printJson } from './print.js'
import { checkNoWalletFile, createWalletFile } from './wallet-file.js'

/** Makes a wallet file around new words, and shows the words this once. */
export const create = (io: Io): Command => ({
  name: 'create',
  describe: 'make a wallet with new words',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'create',
        usage: '[options]',
        describe: 'Makes a wallet and shows its words, once. Whoever has the words has the coins.',
        shared: ['wallet', 'passphrase-file', 'json'],
        own: {
          words: `how many words: ${WORD_COUNTS.join(', ')} [${DEFAULTS.wallet.default_word_count}]`,
          'show-mnemonic': { sign: 'show the words although this is no terminal' },
        },
        example: ['$0', 'make wallet.json in this folder'],
      },
      args,
    )
    const path = walletPath(flags)
    const count = readText(
      'words',
      textOf(flags, 'words') ?? String(DEFAULTS.wallet.default_word_count),
      wordCount,
    )
    await checkNoWalletFile(path)
    if (!io.output.isTTY && !isSet(flags, 'show-mnemonic')) throw new Error(UNSEEN)
    const passphrase = await newPassphrase(io, textOf(flags, 'passphrase-file'))
    const wallet = await Wallet.create(count)
    await createWalletFile(path, await wallet.lock(passphrase))
    if (isSet(flags, 'json'))
      printJson(io, { wallet: path, mnemonic: wallet.revealMnemonic(), ...wallet.toJSON() })
    else print(io, created(path, wallet))
  },
})

const UNSEEN =
  'nobody would see the words of the new wallet, which are shown only now, as this is no terminal: --show-mnemonic shows them'

function wordCount(text: string): number {
  const count = integerIn(0, 99)(text)
  if (WORD_COUNTS.includes(count)) return count
  throw new Error(`takes ${WORD_COUNTS.join(', ')}, not ${count}`)
}

function created(path: string, wallet: Wallet): string {
  return `made ${path}; its first account is ${wallet.account(0).address}

Write these words down and keep them secret. They are shown this once. Whoever has them has the coins,
and without them a lost file or passphrase means that the coins are lost:

${wallet.revealMnemonic()}`
}
