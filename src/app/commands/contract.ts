import type { Command } from './command.js'
import { metadata } from './contract/metadata.js'
import { server } from './contract/server.js'
import { start } from './contract/start.js'
import { runCommand } from './run-command.js'

/** Runs contracts. */
export const contract: Command = {
  name: 'contract',
  describe: 'run contracts',
  run: (args) => runCommand([start, server, metadata], args, 'terrarium contract', 'Runs contracts.'),
}
