import { call } from './bus/call.js'
import { list } from './bus/list.js'
import { log } from './bus/log.js'
import { subscribe } from './bus/subscribe.js'
import type { Command } from './command.js'
import { runCommand } from './run-command.js'

/** Talks to a running node or manager. */
export const bus: Command = {
  name: 'bus',
  describe: 'call methods of a running node and its modules, and follow them',
  run: (args) =>
    runCommand([call, subscribe, list, log], args, 'terrarium bus', 'Talks to a running node over the bus.'),
}
