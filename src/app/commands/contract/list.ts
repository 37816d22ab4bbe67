import type { ContractDoor } from '../../../api/schemas/contract.js'
import { columns } from '../../columns.js'
import type { Command } from '../command.js'
import { givenTo, isSet, print, printJson, withNode } from './node-client.js'

/** Lists the contracts of a chain. */
export const list: Command = {
  name: 'list',
  describe: 'list the contracts of the chain, and whether they are connected',
  async run(args) {
    const given = await givenTo(
      {
        name: 'list',
        words: '',
        describe:
          'Lists the contracts that are deployed, and says where contracts and clients dial the node.',
        signs: { json: 'JSON instead of text' },
        examples: [['$0', 'the contracts of the node on this machine']],
      },
      args,
    )
    await withNode(given, async (node) => {
      const { channel, door, contracts } = await node.call('contracts.list', { limit: 500 })
      if (isSet(given, 'json')) {
        printJson(contracts)
        return
      }
      print(`channel ${channel}, ${doorText(door)}`)
      if (contracts.length === 0) {
        print('no contract is deployed yet')
        return
      }
      const rows = contracts.map(({ name, id, version, sequence, connected, organisations }) => [
        name,
        id,
        version,
        sequence,
        connected ? 'yes' : 'no',
        organisations.join(' '),
      ])
      print(columns(['name', 'id', 'version', 'sequence', 'connected', 'organisations'], rows, ['sequence']))
    })
  },
}

export function doorText(door: ContractDoor): string {
  if (!door) return 'no port for contracts (--contract-port of the node opens one)'
  const host = door.ip_address.includes(':') ? `[${door.ip_address}]` : door.ip_address
  return `contracts and clients dial ${host}:${door.port} (${waysText(door)})`
}

function waysText({ tls, plaintext, client_certificates }: NonNullable<ContractDoor>): string {
  if (client_certificates) return 'TLS, with a certificate'
  if (!tls) return 'plain'
  return plaintext ? 'plain or TLS' : 'TLS'
}
