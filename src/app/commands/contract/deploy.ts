import { readFile } from 'node:fs/promises'
import type { ParamsOf } from '../../../api/method.js'
import type { NodeApi } from '../../../api/node-api.js'
import { messageOf } from '../../../base/errors.js'
import { SettingsError } from '../../settings/errors.js'
import { listOf, mspId } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { flagOf, type Given, givenTo, isSet, print, textOf, withNode } from './node-client.js'

/** Puts the definition of a contract on the chain. */
export const deploy: Command = {
  name: 'deploy',
  describe: 'deploy a contract, or a new version of it',
  async run(args) {
    const given = await givenTo(
      {
        name: 'deploy',
        words: '<contract>',
        describe:
          'Puts on the chain what a contract is: its id, who runs it and who has to vouch for its calls. The node that deploys a name owns it, and alone deploys it anew. In profile dev a contract that connects is deployed by itself.',
        flags: {
          'contract-version': 'its version [1.0]',
          id: 'what its process registers as [NAME:VERSION]',
          organisations: 'who runs it, such as Org1MSP,Org2MSP [those of the node]',
          policy:
            "who has to vouch for calls, such as AND('Org1MSP.member','Org2MSP.member') [most organisations]",
          collections: 'JSON file of its private collections, as Fabric’s tools take it',
        },
        signs: {
          'init-required': 'it has to be initialised before other calls',
          'no-wait': 'do not wait for the block',
        },
        examples: [
          ['$0 basic', 'the contract that registers as basic:1.0'],
          ['$0 secrets --collections collections_config.json', 'with private collections'],
          ['$0 basic --contract-version 2.0', 'from now on basic:2.0 answers to this name'],
        ],
      },
      args,
    )
    const params = await paramsOf(given)
    await withNode(given, async (node) => {
      const { summary, status, height } = await node.call('contracts.deploy', {
        ...params,
        timeout: node.timeoutSeconds,
      })
      const where = status === 'committed' ? `in block ${height}` : 'once a block holds it'
      print(`${summary.name} ${summary.version} (${summary.id}) is deployment ${summary.sequence}, ${where}`)
    })
  },
}

async function paramsOf(given: Given): Promise<Omit<ParamsOf<NodeApi['contracts.deploy']>, 'timeout'>> {
  const [version, id, policy, collections] = ['contract-version', 'id', 'policy', 'collections'].map((name) =>
    textOf(given, name),
  )
  const organisations = flagOf(given, 'organisations', listOf(mspId))
  const parts = {
    ...(version === undefined ? {} : { version }),
    ...(id === undefined ? {} : { id }),
    ...(policy === undefined ? {} : { endorsement_policy: policyOf(policy) }),
    ...(collections === undefined ? {} : { collections: await collectionsIn(collections) }),
    ...(organisations === undefined
      ? {}
      : { organisations: organisations.map((each) => ({ msp_id: each })) }),
  }
  return {
    name: textOf(given, 'contract') ?? '',
    ...parts,
    ...(isSet(given, 'init-required') ? { init_required: true } : {}),
    wait: isSet(given, 'no-wait') ? 'pending' : 'committed',
  }
}

/** JSON, or the text that Fabric's tools take. */
function policyOf(text: string): object | string {
  if (!text.trim().startsWith('{')) return text
  try {
    return JSON.parse(text) as object
  } catch (error) {
    throw new SettingsError(`--policy ${messageOf(error)}`)
  }
}

/** The private collections in a file. @throws {SettingsError} */
export async function collectionsIn(path: string): Promise<object[]> {
  try {
    const json = JSON.parse(await readFile(path, 'utf8')) as unknown
    if (Array.isArray(json)) return json as object[]
    throw new Error('it is no list')
  } catch (error) {
    throw new SettingsError(`cannot read the collections in ${path}: ${messageOf(error)}`)
  }
}
