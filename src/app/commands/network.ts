import type { Command } from './command.js'

export const network: Command = {
  name: 'network',
  describe: 'run a seed server and several nodes that find each other',
  async run(args) {
    const { networkSettings } = await import('../network/network-settings.js')
    const { runNetwork } = await import('../network/run-network.js')
    await runNetwork(await networkSettings(args))
  },
}
