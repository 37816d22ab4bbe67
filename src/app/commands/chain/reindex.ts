import { DataFolder } from '../../../store/data-folder.js'
import { createLog } from '../../log.js'
import { openChain } from '../../open-chain.js'
import { type Progress, progress } from '../../progress.js'
import { verifyHere } from '../../verify-here.js'
import type { Command } from '../command.js'
import { commandLine, parse } from '../../settings/command-line.js'
import { type ChainFolder, chainFolder, withFolderOptions } from './folder-options.js'

/** Rebuilds the index of a data folder from its block files. */
export const reindex: Command = {
  name: 'reindex',
  describe: 'rebuild the index of a data folder from its block files',
  async run(args) {
    const parser = withFolderOptions(
      commandLine(
        'terrarium chain reindex',
        '--dir <folder>',
        'Rebuilds what a node looks things up in; its blocks stay as they are.',
      ),
    ).example('$0 --dir nodes/127.0.0.1_55000', 'rebuild the index of a node')
    const folder = await chainFolder(await parse(parser, args))
    const lock = await DataFolder.open(folder.dir)
    try {
      const height = await rebuild(folder)
      process.stdout.write(`rebuilt the index of ${height + 1} blocks\n`)
    } finally {
      await lock.close()
    }
  },
}

async function rebuild(folder: ChainFolder): Promise<number> {
  let bar: Progress | undefined
  const open = await openChain({
    folder: folder.dir,
    files: folder,
    settings: folder.settings,
    verify: verifyHere(),
    now: Date.now,
    log: createLog('warn', process.stdout.isTTY),
    rebuild: true,
    onProgress: (done, total) => {
      bar ??= progress('rebuilding', total)
      bar.update(done)
    },
  })
  bar?.end()
  const height = open.blockchain.height()
  await open.close()
  return height
}
