import { resolve } from 'node:path'
import type { Command } from '../command.js'
import { givenTo, textOf } from './node-client.js'

/** Runs a contract while it is being written. */
export const dev: Command = {
  name: 'dev',
  describe: 'run a contract while you write it, with a node if none runs',
  async run(args) {
    const given = await givenTo(
      {
        name: 'dev',
        words: '[folder]',
        describe:
          'Runs the contract in a folder against a node, and a node too if none runs. Starts the contract again whenever a file changes or it ends, deploys it if it is not, and shows its calls. A contract for Fabric needs no change: what "npm start" runs is run, after "npm run build" if there is such a script. Ctrl-C ends what was started.',
        flags: {
          name: 'name of the contract [that of its package.json]',
          msp: 'organisation it runs for [Org1MSP]',
          port: 'port of a node that is started [55000]',
          dir: 'data folder of a node that is started [nodes/127.0.0.1_PORT]',
          collections: 'JSON file of its private collections [collections_config.json, if there is one]',
        },
        signs: { 'no-watch': 'do not look for changed files' },
        examples: [
          ['$0 hello', 'the contract in ./hello'],
          ['$0 . --node http://127.0.0.1:55001', 'against a node that runs'],
        ],
      },
      args,
    )
    const { runDev } = await import('./dev/run-dev.js')
    await runDev(resolve(textOf(given, 'folder') ?? '.'), given)
  },
}
