import type { Command } from '../command.js'
import { edit } from './edit.js'
import type { Io } from './io.js'
import { flagsOf, isSet, requiredText } from './options.js'
import { print, printJson } from './print.js'

/** Gives an account of a wallet another name. */
export const rename = (io: Io): Command => ({
  name: 'rename',
  describe: 'give an account another name',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'rename',
        usage: '--account <account> --name <name>',
        describe: 'Gives an account another name; addresses and coins stay as they are.',
        shared: ['wallet', 'passphrase-file', 'json'],
        own: { account: 'index, name or address of the account', name: 'its new name' },
        example: ['$0 --account 0 --name savings', 'call the first account savings'],
      },
      args,
    )
    const account = requiredText(flags, 'account')
    const name = requiredText(flags, 'name')
    const { entry } = await edit(io, flags, (wallet) => wallet.rename(account, name))
    if (isSet(flags, 'json')) printJson(io, entry)
    else print(io, `${entry.index} ${entry.name}: ${entry.address}`)
  },
})
