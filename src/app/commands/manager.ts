import type { Command } from './command.js'

const DEFAULT_PORT = 7771

/** Runs a module manager without a node. */
export const manager: Command = {
  name: 'manager',
  describe: 'run a module manager of the bus, without a node',
  async run(args) {
    const { commandLine, parse } = await import('../settings/command-line.js')
    const { DEFAULTS } = await import('../settings/defaults.js')
    const { runManager } = await import('./manager/run-manager.js')
    const text = { type: 'string', requiresArg: true } as const
    const { default_ip_address: ip } = DEFAULTS.node
    const parser = commandLine(
      'terrarium manager',
      '[options]',
      'Knows the modules that register, passes their calls on and keeps their log.',
    )
      .option('ip', { ...text, alias: 'i', describe: `address to listen on [${ip}]` })
      .option('port', {
        ...text,
        alias: 'p',
        describe: `port to listen on (0: any free one) [${DEFAULT_PORT}]`,
      })
      .option('log-file', { ...text, describe: 'file of the log of the bus [none]' })
      .option('admin-token', { ...text, describe: 'secret that modules need; a must beyond loopback' })
      .option('allow-host', { ...text, describe: 'host names, and origins of web pages, that may be used' })
      .option('log-level', { ...text, describe: 'how much it says [info]' })
    const flags = await parse(parser, args)
    await runManager({ ip, port: String(DEFAULT_PORT), ...flags })
  },
}
