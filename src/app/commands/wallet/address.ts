import { findAccount } from '../../../wallet/find-account.js'
import type { Command } from '../command.js'
import type { Io } from './io.js'
import { flagsOf, isSet, textOf } from './options.js'
import { print, printJson } from './print.js'
import { accountsOf } from './source.js'

/** Prints one address, for scripts and for giving away. */
export const address = (io: Io): Command => ({
  name: 'address',
  describe: 'print the address of an account',
  async run(args) {
    const flags = await flagsOf(
      {
        name: 'address',
        usage: '[options]',
        describe: 'Prints the address of an account; needs no passphrase.',
        shared: ['wallet', 'dev', 'json'],
        own: { account: 'index, name or address of the account [0]' },
        example: ['$0 --dev --account 1', 'the address of development account 1'],
      },
      args,
    )
    const { index, name, address } = findAccount(await accountsOf(flags), textOf(flags, 'account') ?? 0)
    if (isSet(flags, 'json')) printJson(io, { index, name, address })
    else print(io, address)
  },
})
