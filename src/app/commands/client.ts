import { CLIENT } from '../settings/programs.js'
import type { Command } from './command.js'

export const client: Command = {
  name: 'client',
  describe: 'run one node, as dist/client.js does',
  async run(args) {
    const { runNode } = await import('../run-node.js')
    await runNode({ ...CLIENT, name: 'terrarium client' }, args)
  },
}
