import type { Command } from './command.js'
import { runCommand } from './run-command.js'

/** Keys and coins of a person. */
export const wallet: Command = {
  name: 'wallet',
  describe: 'keep keys, look at balances, pay',
  async run(args) {
    const { walletCommands } = await import('./wallet/commands.js')
    const { PROCESS_IO } = await import('./wallet/io.js')
    await runCommand(
      walletCommands(PROCESS_IO),
      args,
      'terrarium wallet',
      'Keys and coins. A wallet is a file; --dev takes the development accounts instead.',
    )
  },
}
