import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { CALL_FLAGS, callParams, printPayload } from './call-command.js'
import { flagOf, givenTo, isSet, printJson, withNode } from './node-client.js'

/** Calls a function and puts what it wrote on the chain. */
export const invoke: Command = {
  name: 'invoke',
  describe: 'call a function and put what it wrote on the chain',
  async run(args) {
    const given = await givenTo(
      {
        name: 'invoke',
        words: '<contract> <function> [args..]',
        describe:
          'Runs a function, puts what it wrote on the chain and waits for the block. Prints what the function answered. Arguments that begin with - come after --.',
        flags: { ...CALL_FLAGS, retries: 'run it again so often where others changed what it read [0]' },
        signs: {
          init: 'the call that initialises the contract',
          'no-wait': 'do not wait for the block',
          json: 'all that is known of the call, as JSON',
        },
        examples: [
          ['$0 basic CreateAsset asset1 blue 5', 'a function and its arguments'],
          ['$0 basic Add n --retries 20', 'again and again until nobody was faster'],
          ['$0 basic Add n -- -5', 'an argument that begins with -'],
        ],
      },
      args,
    )
    const retries = flagOf(given, 'retries', integerIn(0, 100))
    await withNode(given, async (node) => {
      const invoked = await node.call('contracts.invoke', {
        ...callParams(given),
        ...(retries === undefined ? {} : { retries }),
        ...(isSet(given, 'init') ? { is_init: true } : {}),
        wait: isSet(given, 'no-wait') ? 'pending' : 'committed',
        timeout: node.timeoutSeconds,
      })
      if (isSet(given, 'json')) {
        printJson(invoked)
        return
      }
      printPayload(invoked.response.payload)
      const { status, height, call_id } = invoked
      const where = status === 'committed' ? `in block ${height}` : 'waits for a block'
      process.stderr.write(`call ${call_id}: ${where}\n`)
    })
  },
}
