import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lastHeight, readChain } from '../../../chain/read-chain.js'
import { Steps } from '../../../chain/steps.js'
import { verifyChain, type VerifyReport } from '../../../chain/verify-chain.js'
import { BlockArchive } from '../../../chain/block-archive.js'
import { chainOf } from '../../../ledger/chain.js'
import { ChainIndex } from '../../../store/index/chain-index.js'
import { chainEndorsements } from '../../chain-endorsements.js'
import { progress } from '../../progress.js'
import { SettingsError } from '../../settings/errors.js'
import { integerIn } from '../../settings/setting.js'
import { verifyHere } from '../../verify-here.js'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { type ChainFolder, chainFolder, withFolderOptions } from './folder-options.js'

/** Checks a folder of blocks offline, against every rule, without changing anything in it. */
export const verify: Command = {
  name: 'verify',
  describe: 'check every block of a data folder against every rule',
  async run(args) {
    const parser = withFolderOptions(
      commandLine('terrarium chain verify', '--dir <folder>', 'Checks a chain on disk, block by block.'),
    )
      .option('from', {
        type: 'string',
        requiresArg: true,
        describe: 'first height whose signatures are verified [0]',
      })
      .option('to', { type: 'string', requiresArg: true, describe: 'last height [the last block]' })
      .example('$0 --dir nodes/127.0.0.1_55000', 'check the chain of a node')
    const flags = await parse(parser, args)
    const folder = await chainFolder(flags)
    const last = await lastHeight(join(folder.dir, folder.blocksFolder), folder.blockTemplate)
    const from = heightOf('from', flags['from'], 0)
    const to = Math.min(heightOf('to', flags['to'], last), last)
    const report = await verifyFolder(folder, from, to)
    process.stdout.write(`${report.blocks} blocks with ${report.transactions} transactions keep every rule\n`)
  },
}

function heightOf(flag: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  try {
    return integerIn(0, 0xffffffff)(text)
  } catch (error) {
    throw new SettingsError(`--${flag} ${(error as Error).message}`)
  }
}

/** The state is built in an index of its own, which is thrown away: memory stays flat, and the node's own is not touched. */
async function verifyFolder(folder: ChainFolder, from: number, to: number): Promise<VerifyReport> {
  const scratch = await mkdtemp(join(tmpdir(), 'terrarium-verify-'))
  const chain = chainOf(folder.settings)
  const index = ChainIndex.open(scratch, chain.id)
  const verify = verifyHere()
  const bar = progress('verifying', to + 1)
  try {
    const archive = await BlockArchive.open({
      folder: join(scratch, 'blocks'),
      template: 'block',
      onSetAside: () => undefined,
    })
    return await verifyChain({
      blocks: readChain(join(folder.dir, folder.blocksFolder), folder.blockTemplate, to),
      steps: new Steps({
        archive,
        index,
        endorsements: chainEndorsements(verify),
        keepWaiting: () => Promise.resolve(),
      }),
      chain,
      verify,
      from,
      nowMs: Date.now(),
      onProgress: (height) => bar.update(height + 1),
    })
  } finally {
    bar.end()
    await index.close()
    await rm(scratch, { recursive: true, force: true })
  }
}
