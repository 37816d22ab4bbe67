import { join } from 'node:path'
import { chainEndorsements } from '../../src/app/chain-endorsements.js'
import { BlockArchive } from '../../src/chain/block-archive.js'
import { lastHeight, readChain } from '../../src/chain/read-chain.js'
import { Steps } from '../../src/chain/steps.js'
import { verifyChain } from '../../src/chain/verify-chain.js'
import { chainOf } from '../../src/ledger/chain.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import { ChainIndex } from '../../src/store/index/chain-index.js'
import { removeFolder, verifyHere } from './chain.js'
import { indexDigest } from './index-digest.js'
import { memoryFolder } from './memory-folder.js'

/**
 * Checks every block file of a node's folder against every rule, and tells what an index built from nothing but these
 * files says. @throws {ChainFault} at the first block that breaks a rule
 */
export async function verifyBlocks(
  folder: string,
  settings: ConsensusSettings,
  nowMs: number,
): Promise<Record<string, unknown>> {
  const scratch = await memoryFolder()
  const chain = chainOf(settings)
  const index = ChainIndex.open(join(scratch, 'index'), chain.id)
  try {
    const archive = await BlockArchive.open({
      folder: join(scratch, 'blocks'),
      template: 'block',
      onSetAside: () => undefined,
    })
    const blocks = join(folder, 'blocks')
    await verifyChain({
      blocks: readChain(blocks, 'block', await lastHeight(blocks, 'block')),
      steps: new Steps({
        archive,
        index,
        endorsements: chainEndorsements(verifyHere),
        keepWaiting: () => Promise.resolve(),
      }),
      chain,
      verify: verifyHere,
      from: 0,
      nowMs,
      onProgress: () => undefined,
    })
    return indexDigest(index)
  } finally {
    await index.close()
    await removeFolder(scratch)
  }
}
