import type { Command } from '../command.js'
import { edit } from './edit.js'
import type { Io } from './io.js'
import { flagsOf, isSet, textOf } from './options.js'
import { print, printJson } from './print.js'

/** Adds the next account to a wallet. */
export const add = (io: Io): Command => ({
  name: 'add',
  describe: 'add an account to a wallet',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'add',
        usage: '[options]',
        describe: 'Adds the next account that follows from the words of the wallet.',
        shared: ['wallet', 'passphrase-file', 'json'],
        own: { name: 'its name [account and its index]' },
        example: ['$0 --name savings', 'a new account called savings'],
      },
      args,
    )
    const { entry } = await edit(io, flags, (wallet) => wallet.addAccount(textOf(flags, 'name')))
    if (isSet(flags, 'json')) printJson(io, entry)
    else print(io, `${entry.index} ${entry.name}: ${entry.address}`)
  },
})
