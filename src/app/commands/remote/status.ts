import { setTimeout as sleep } from 'node:timers/promises'
import { createScreen } from '../../network/screen.js'
import type { Command } from '../command.js'
import { type ContractNode, givenTo, isSet, print, printJson, withNode } from '../contract/node-client.js'
import { type RemoteStatus, statusText } from './status-text.js'
import { contractRef } from './contract-ref.js'

const REFRESH_MS = 500

/** Shows the backlogs and the streams of remote contracts. */
export const status: Command = {
  name: 'status',
  describe: 'show backlogs and connected clients, live on a terminal',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'status',
        words: '[contract]',
        describe:
          'Shows the remote contracts of a node, what waits for them and which clients are connected. On a terminal it goes on until Ctrl-C; in a pipe it shows how things are and ends.',
        signs: { once: 'show it once, on a terminal too', json: 'JSON instead of text' },
        examples: [
          ['$0', 'all contracts of the node on this machine'],
          ['$0 orders --once', 'one contract, as it is now'],
          ['$0 --json | jq .contracts', 'for programs'],
        ],
      },
      args,
    )
    const contract = contractRef(given)
    const screen = createScreen(process.env)
    await withNode(given, async (node) => {
      if (isSet(given, 'json')) printJson(await askFor(node, contract))
      else if (!screen.isLive || isSet(given, 'once'))
        print(statusText(await askFor(node, contract), Date.now()))
      else {
        for (;;) {
          screen.picture(statusText(await askFor(node, contract), Date.now()))
          await sleep(REFRESH_MS)
        }
      }
    })
  },
}

async function askFor(node: ContractNode, contract: string | undefined): Promise<RemoteStatus> {
  const { streams } = await node.call('remote.streams', contract === undefined ? {} : { contract })
  const { contracts, door } = await node.call('remote.list', { limit: 500 })
  const wanted = contracts.filter(
    (each) =>
      contract === undefined || each.contract.contract_id === contract || each.contract.txn_type === contract,
  )
  return { door, contracts: wanted, streams }
}
