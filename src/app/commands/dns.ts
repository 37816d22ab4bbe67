import { DNS_SERVER } from '../settings/programs.js'
import type { Command } from './command.js'

export const dns: Command = {
  name: 'dns',
  describe: 'run one seed server, as dist/dns.js does',
  async run(args) {
    const { runNode } = await import('../run-node.js')
    await runNode({ ...DNS_SERVER, name: 'terrarium dns' }, args)
  },
}
