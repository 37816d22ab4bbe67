import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { readParams, withNode, withNodeOptions } from './node-options.js'

/** Calls one method and prints what it answers. */
export const call: Command = {
  name: 'call',
  describe: 'call a method once',
  async run(args) {
    const parser = withNodeOptions(
      commandLine(
        'terrarium bus call',
        '<method> [parameters]',
        'Calls a method and prints its answer as JSON.',
      ),
    )
      .command('$0 <method> [parameters]', false)
      .example('$0 nodes.list', 'the nodes a node knows')
      .example(`$0 nodes.get '{"nid":0}'`, 'one of them')
    const flags = await parse(parser, args)
    const { method = '', parameters } = flags
    const params = readParams(parameters)
    await withNode(flags, async (link, timeoutMs) => {
      const results = await link.request([{ method, params }], { timeoutMs })
      process.stdout.write(`${JSON.stringify(results[method], null, 2)}\n`)
    })
  },
}
