import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import type { Block } from '../../src/ledger/block.js'
import { appendAll, defaultChain, openBenchChain, trustAll } from './bench-chain.js'

/** Makes the data folder of a node that was told nothing and holds these blocks. */
export async function makeNodeFolder(folder: string, blocks: AsyncIterable<Block>): Promise<void> {
  const chain = await openBenchChain(folder, defaultChain(), trustAll)
  await appendAll(chain, blocks)
  await chain.close()
  await writeFile(join(folder, 'blockchain.json'), JSON.stringify(DEFAULTS.blockchain))
}
