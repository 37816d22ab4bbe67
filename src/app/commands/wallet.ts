import type { Command } from './command.js'
import { runCommand } from './run-command.js'
import { add } from './wallet/add.js'
import { address } from './wallet/address.js'
import { balance } from './wallet/balance.js'
import { create } from './wallet/create.js'
import { history } from './wallet/history.js'
import { type Io, PROCESS_IO } from './wallet/io.js'
import { list } from './wallet/list.js'
import { rename } from './wallet/rename.js'
import { restore } from './wallet/restore.js'
import { send } from './wallet/send.js'

const COMMANDS = [create, restore, list, address, balance, send, history, add, rename]

/** Keys and coins of a person. */
export const walletCommand = (io: Io): Command => ({
  name: 'wallet',
  describe: 'keep keys, look at balances, pay',
  run: (args) =>
    runCommand(
      COMMANDS.map((command) => command(io)),
      args,
      'terrarium wallet',
      'Keys and coins. A wallet is a file; --dev takes the development accounts instead.',
    ),
})

export const wallet = walletCommand(PROCESS_IO)
