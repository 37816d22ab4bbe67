import type { Command } from './command.js'
import { runCommand } from './run-command.js'

/** Jobs on a data folder while its node is stopped. */
export const chain: Command = {
  name: 'chain',
  describe: 'check a chain on disk, or rebuild its index',
  async run(args) {
    const { reindex } = await import('./chain/reindex.js')
    const { verify } = await import('./chain/verify.js')
    await runCommand(
      [verify, reindex],
      args,
      'terrarium chain',
      'Jobs on the data folder of a node that is stopped.',
    )
  },
}
