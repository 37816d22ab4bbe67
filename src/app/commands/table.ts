import { bus } from './bus.js'
import { chain } from './chain.js'
import { client } from './client.js'
import type { Command } from './command.js'
import { dns } from './dns.js'
import { manager } from './manager.js'
import { network } from './network.js'

/** Every command, in the order of the help text. */
export const COMMANDS: readonly Command[] = [network, client, dns, chain, bus, manager]
