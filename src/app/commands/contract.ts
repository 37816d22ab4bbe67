import type { Command } from './command.js'
import { runCommand } from './run-command.js'

/** Runs contracts, and calls them. */
export const contract: Command = {
  name: 'contract',
  describe: 'write, run, deploy and call contracts',
  async run(args) {
    const { contractCommands } = await import('./contract/commands.js')
    await runCommand(
      contractCommands,
      args,
      'terrarium contract',
      'Contracts: programs whose calls are on the chain. New here: "terrarium contract new hello", then "terrarium contract dev hello".',
    )
  },
}
