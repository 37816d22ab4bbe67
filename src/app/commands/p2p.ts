import type { Command } from './command.js'
import { runCommand } from './run-command.js'

/** Talks to networks of the Bitcoin family; needs no node of ours. */
export const p2p: Command = {
  name: 'p2p',
  describe: 'fetch headers and blocks from networks of the Bitcoin family',
  async run(args) {
    const { headers } = await import('./p2p/headers.js')
    const { follow } = await import('./p2p/follow.js')
    const { block } = await import('./p2p/block.js')
    const { broadcast } = await import('./p2p/broadcast.js')
    const { peers } = await import('./p2p/peers.js')
    await runCommand(
      [headers, follow, block, broadcast, peers],
      args,
      'terrarium p2p',
      'Talks to peers of Bitcoin-family networks.',
    )
  },
}
