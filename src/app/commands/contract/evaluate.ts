import type { Command } from '../command.js'
import { CALL_FLAGS, callParams, printPayload } from './call-command.js'
import { givenTo, isSet, printJson, withNode } from './node-client.js'

/** Calls a function for its answer alone. */
export const evaluate: Command = {
  name: 'evaluate',
  describe: 'call a function for its answer alone',
  async run(args) {
    const given = await givenTo(
      {
        name: 'evaluate',
        words: '<contract> <function> [args..]',
        describe: 'Runs a function and prints what it answers. Whatever it writes is forgotten.',
        flags: CALL_FLAGS,
        signs: { json: 'all that is known of the call, as JSON' },
        examples: [['$0 basic ReadAsset asset1', 'what the contract says of asset1']],
      },
      args,
    )
    await withNode(given, async (node) => {
      const evaluated = await node.call('contracts.evaluate', callParams(given))
      if (isSet(given, 'json')) printJson(evaluated)
      else printPayload(evaluated.response.payload)
    })
  },
}
