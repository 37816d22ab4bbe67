import type { Command } from '../command.js'
import { add } from './add.js'
import { address } from './address.js'
import { balance } from './balance.js'
import { create } from './create.js'
import { history } from './history.js'
import type { Io } from './io.js'
import { list } from './list.js'
import { rename } from './rename.js'
import { restore } from './restore.js'
import { send } from './send.js'

/** Every word after `terrarium wallet`, in the order of the help text. */
export function walletCommands(io: Io): readonly Command[] {
  return [create, restore, list, address, balance, send, history, add, rename].map((command) => command(io))
}
