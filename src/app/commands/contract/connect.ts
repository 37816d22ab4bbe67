import { readFile } from 'node:fs/promises'
import { messageOf } from '../../../base/errors.js'
import { SettingsError } from '../../settings/errors.js'
import type { Command } from '../command.js'
import { givenTo, isSet, print, textOf, withNode } from './node-client.js'

/** Tells the node where a contract serves. */
export const connect: Command = {
  name: 'connect',
  describe: 'tell the node where a contract serves',
  async run(args) {
    const given = await givenTo(
      {
        name: 'connect',
        words: '<id> [connection]',
        describe:
          'Tells the node to dial a contract that serves (chaincode as a service), as its connection.json says. The node keeps that, and dials again whenever the stream is lost.',
        signs: { remove: 'dial it no longer' },
        examples: [
          ['$0 basic:1.0 connection.json', 'dial the contract that registers as basic:1.0'],
          ['$0 basic:1.0 --remove', 'no longer'],
        ],
      },
      args,
    )
    const path = textOf(given, 'connection')
    if (path === undefined && !isSet(given, 'remove'))
      throw new SettingsError('name a connection.json, or give --remove')
    const connection = path === undefined || isSet(given, 'remove') ? null : await connectionIn(path)
    await withNode(given, async (node) => {
      const { id, address } = await node.call('contracts.connect', {
        id: textOf(given, 'id') ?? '',
        connection,
      })
      print(
        address === null ? `${id} is dialled no longer` : `${id} is dialled at ${address} when it is called`,
      )
    })
  },
}

async function connectionIn(path: string): Promise<object> {
  try {
    const json = JSON.parse(await readFile(path, 'utf8')) as unknown
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json
    throw new Error('it is no JSON object')
  } catch (error) {
    throw new SettingsError(`cannot read ${path}: ${messageOf(error)}`)
  }
}
