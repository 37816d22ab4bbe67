import { columns } from '../../columns.js'
import { SettingsError } from '../../settings/errors.js'
import { secondsIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import {
  type ContractNode,
  flagOf,
  givenTo,
  isSet,
  print,
  textOf,
  withNode,
} from '../contract/node-client.js'
import { contractRef } from './contract-ref.js'

const KEY_ID = /^SC_[A-Z]{12}$/

/** Looks after the API keys of a remote contract. */
export const keys: Command = {
  name: 'keys',
  describe: 'list, make and revoke the API keys of a contract',
  async run(args) {
    const given = await givenTo(
      {
        group: 'remote',
        name: 'keys',
        words: '<contract>',
        describe:
          'Lists the API keys that programs of a contract come in with. To change one: make a new key, give it to the programs, revoke the old one. A new key is shown once.',
        flags: {
          revoke: 'id of a key that ends at once, with the streams that came in with it',
          expires: 'with --new: seconds until it ends by itself [never]',
        },
        signs: { new: 'make a further key' },
        examples: [
          ['$0 orders', 'the keys, and when each was last used'],
          ['$0 orders --new', 'a further key'],
          ['$0 orders --revoke SC_QWERTYUIOPAS', 'the end of one'],
        ],
      },
      args,
    )
    const contract = contractRef(given) ?? ''
    const keyId = textOf(given, 'revoke')
    const lifeMs = flagOf(given, 'expires', secondsIn(1, 86_400 * 3650))
    if (keyId !== undefined && isSet(given, 'new'))
      throw new SettingsError('give --new or --revoke, not both')
    if (lifeMs !== undefined && !isSet(given, 'new')) throw new SettingsError('--expires goes with --new')
    if (keyId !== undefined && !KEY_ID.test(keyId))
      throw new SettingsError(
        `--revoke takes the id of a key, SC_ and 12 letters, not ${JSON.stringify(keyId)}`,
      )
    await withNode(given, async (node) => {
      if (keyId !== undefined) {
        await node.call('remote.revoke_key', { contract, key_id: keyId })
        print(`${keyId} is revoked`)
      } else if (isSet(given, 'new')) await printNew(node, contract, lifeMs)
      else await printAll(node, contract)
    })
  },
}

async function printNew(node: ContractNode, contract: string, lifeMs: number | undefined): Promise<void> {
  const { api_key } = await node.call('remote.create_key', {
    contract,
    ...(lifeMs === undefined ? {} : { expires_at: Math.round(Date.now() + lifeMs) }),
  })
  print(api_key)
  process.stderr.write('it is shown this once: put it where the program finds it\n')
}

async function printAll(node: ContractNode, contract: string): Promise<void> {
  const found = await node.call('remote.keys', { contract })
  const rows = found.keys.map(({ key_id, created_at, expires_at, last_used_at }) => [
    key_id,
    timeText(created_at, ''),
    timeText(expires_at, 'never'),
    timeText(last_used_at, 'not yet'),
  ])
  print(columns(['key', 'created', 'expires', 'last used'], rows, []))
}

function timeText(ms: number | null, otherwise: string): string {
  return ms === null ? otherwise : new Date(ms).toISOString()
}
