import { setTimeout as sleep } from 'node:timers/promises'
import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import {
  type ContractNode,
  flagOf,
  givenTo,
  isSet,
  print,
  printJson,
  textOf,
  withNode,
} from './node-client.js'

const POLL_MS = 500

/** Prints the events of a contract. */
export const events: Command = {
  name: 'events',
  describe: 'show the events of a contract, past or as they come',
  async run(args) {
    const given = await givenTo(
      {
        name: 'events',
        words: '<contract>',
        describe: 'Prints the events that valid calls of a contract left in the blocks, a line each.',
        flags: { from: 'height of the first block [0]' },
        signs: { follow: 'go on with those that come; Ctrl-C ends it', json: 'JSON instead of text' },
        examples: [
          ['$0 basic', 'all events there are'],
          ['$0 basic --from 120 --follow', 'those since block 120, and all that come'],
        ],
      },
      args,
    )
    const contract = textOf(given, 'contract') ?? ''
    const from = flagOf(given, 'from', integerIn(0, 0xffffffff)) ?? 0
    await withNode(given, async (node) => {
      let after = from - 1
      for (;;) {
        after = await printSome(node, contract, after, isSet(given, 'json'))
        const { height } = await node.call('node.health', {})
        if (after < height) continue
        if (!isSet(given, 'follow')) return
        await sleep(POLL_MS)
      }
    })
  },
}

/** Prints what the next blocks hold, and tells up to which height they were read. */
async function printSome(
  node: ContractNode,
  contract: string,
  after: number,
  asJson: boolean,
): Promise<number> {
  let callId: string | undefined
  for (;;) {
    const found = await node.call('contracts.events', {
      contract,
      after_height: after,
      limit: 500,
      ...(callId === undefined ? {} : { after_call_id: callId }),
    })
    for (const event of found.events) {
      const { height, name, payload, call_id } = event
      if (asJson) printJson(event)
      else print(`${height}  ${name}  ${payload.text ?? `0x${payload.hex ?? ''}`}  ${call_id}`)
    }
    const last = found.events.at(-1)
    // A block with more events than fit is asked for again, from the last call that was told.
    if (found.events.length < 500 || !last) return found.read_to
    after = last.height - 1
    callId = last.call_id
  }
}
