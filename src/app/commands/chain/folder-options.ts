import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import type { Argv } from 'yargs'
import { BlockchainInfo } from '../../../api/schemas/info.js'
import { compile } from '../../../api/validator.js'
import { messageOf } from '../../../base/errors.js'
import { parseJson } from '../../../base/json.js'
import { unitsOf } from '../../../ledger/amount-of-coins.js'
import type { ConsensusSettings } from '../../../ledger/settings.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { fixedSettings } from '../../settings/derived.js'

/** The flags that say where a chain lies, named as those of the client. */
export function withFolderOptions(parser: Argv): Argv {
  const { client } = DEFAULTS
  const option = (name: string, alias: string, describe: string, fallback: string): void => {
    parser.option(name, { alias, type: 'string', requiresArg: true, describe: `${describe} [${fallback}]` })
  }
  parser.option('dir', {
    alias: 'd',
    type: 'string',
    requiresArg: true,
    demandOption: true,
    describe: 'data folder of the node',
  })
  option('blockchain', 'b', 'file of the blockchain info', client.default_blockchain_filename)
  option('blocks', 'bf', 'folder of the blocks', client.default_blocks_foldername)
  option('block_temp', 'bt', 'start of a block file’s name', client.default_block_file_template)
  return parser
}

export interface ChainFolder {
  readonly dir: string
  readonly blocksFolder: string
  readonly blockTemplate: string
  readonly settings: ConsensusSettings
}

/** @throws {Error} naming the file, when the folder is no node's */
export async function chainFolder(flags: Record<string, string | undefined>): Promise<ChainFolder> {
  const { client } = DEFAULTS
  const dir = flags['dir'] ?? ''
  const info = await readInfo(join(dir, flags['blockchain'] ?? client.default_blockchain_filename))
  return {
    dir,
    blocksFolder: flags['blocks'] ?? client.default_blocks_foldername,
    blockTemplate: flags['block_temp'] ?? client.default_block_file_template,
    settings: {
      name: info.name,
      blockTime: info.block_time,
      blockReward: unitsOf(info.block_reward),
      ...fixedSettings(),
    },
  }
}

const infoFault = compile(BlockchainInfo)

async function readInfo(path: string): Promise<BlockchainInfo> {
  try {
    const info = parseJson(await readFile(path, 'utf8'))
    const fault = infoFault(info)
    if (fault) throw new Error(fault.message)
    return info as BlockchainInfo
  } catch (error) {
    throw new Error(`${path} does not tell which chain this is: ${messageOf(error)}`, { cause: error })
  }
}
