import { bus } from './bus.js'
import { chain } from './chain.js'
import { client } from './client.js'
import type { Command } from './command.js'
import { contract } from './contract.js'
import { dns } from './dns.js'
import { manager } from './manager.js'
import { network } from './network.js'
import { p2p } from './p2p.js'
import { remote } from './remote.js'
import { wallet } from './wallet.js'

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  network,
  client,
  dns,
  wallet,
  contract,
  remote,
  chain,
  bus,
  manager,
  p2p,
]
