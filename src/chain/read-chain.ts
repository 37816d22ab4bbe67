import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import type { Block } from '../ledger/block.js'
import { decodeBlock } from '../ledger/decode-block.js'
import { RuleError } from '../ledger/rule-error.js'
import { blockName, heightInName } from '../store/block-name.js'
import { ChainFault } from './verify-chain.js'

/** Height of the last block file of a folder, -1 when there is none. Gaps below it are for {@link readChain} to find. @throws {Error} naming the folder */
export async function lastHeight(folder: string, template: string): Promise<number> {
  const heights = (await namesIn(folder)).map((name) => heightInName(template, name) ?? -1)
  return heights.reduce((last, height) => Math.max(last, height), -1)
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    throw new Error(`the folder of blocks ${folder} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * The blocks of a folder from block 0 up to `to`, changing nothing in it. @throws {ChainFault} for a block that cannot be
 * read as one. @throws {Error} naming the file that is missing or torn.
 */
export async function* readChain(folder: string, template: string, to: number): AsyncGenerator<Block> {
  for (let height = 0; height <= to; height++) {
    const path = join(folder, blockName(template, height))
    yield decoded(await readText(path), path, height)
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function decoded(text: string, path: string, height: number): Block {
  try {
    return decodeBlock(parseJson(text))
  } catch (error) {
    if (error instanceof RuleError) throw new ChainFault(height, error)
    throw new Error(`${path} is torn: ${messageOf(error)}`, { cause: error })
  }
}
