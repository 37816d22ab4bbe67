import { type FileHandle, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../../base/errors.js'
import {
  type BigBlock,
  type BlockItem,
  type BlockPart,
  blocksOf,
  downloadBlocks,
  fromDisplay,
  type SmallBlock,
  toDisplay,
} from '../../../p2p/index.js'
import { makeFolder } from '../../../store/folder.js'
import { progress } from '../../progress.js'
import { SettingsError } from '../../settings/errors.js'
import { integerIn } from '../../settings/setting.js'
import type { Command } from '../command.js'
import { fetchHeaders } from './headers.js'
import { type Flags, p2pCommandLine, type Session, withSession } from './session.js'

/** Downloads one block, or a run of them. */
export const block: Command = {
  name: 'block',
  describe: 'download and verify blocks of any size',
  run: (args) => {
    const text = { type: 'string', requiresArg: true } as const
    const parser = p2pCommandLine(
      'block',
      '<hash or height> --network <name> [options]',
      'Downloads blocks from all peers at a time and verifies them; for heights it fetches the headers first.',
    )
      .command('$0 <block>', false)
      .option('to', { ...text, describe: 'last height, where several are wanted' })
      .option('out', { ...text, alias: 'o', describe: 'folder for the raw blocks, as <hash>.block' })
      .example('$0 -n regtest -p 127.0.0.1:18444 100', 'the block at height 100')
      .example('$0 -n bsv-mainnet 1 --to 1000 -o blocks', 'the first thousand, each in a file')
    return withSession(parser, args, async (session, flags) => {
      const items = await wantedItems(session, flags)
      const folder = flags['out']
      if (folder !== undefined) await makeFolder(folder)
      await fetchBlocks(session, items, new BlockFiles(folder))
    })
  },
}

async function wantedItems(session: Session, flags: Flags): Promise<readonly BlockItem[]> {
  const wanted = flags['block'] ?? ''
  if (/^[0-9a-f]{64}$/i.test(wanted)) return [{ hash: fromDisplay(wanted), height: -1 }]
  const from = heightOf('a block is named by its hash or height, which', wanted)
  const to = flags['to'] === undefined ? from : heightOf('--to', flags['to'])
  await fetchHeaders(session)
  return [...blocksOf(await session.store(), from, to)]
}

function heightOf(what: string, text: string): number {
  try {
    return integerIn(0, 0xffff_ffff)(text)
  } catch (error) {
    throw new SettingsError(`${what} ${messageOf(error)}`)
  }
}

async function fetchBlocks(
  { manager, signal, isJson }: Session,
  items: readonly BlockItem[],
  files: BlockFiles,
): Promise<void> {
  const startMs = performance.now()
  const bar = progress('blocks', items.length)
  let [bytes, done] = [0, 0]
  const show = (): void => {
    const megabytes = bytes / 1e6
    const seconds = (performance.now() - startMs) / 1000
    bar.update(done, `${megabytes.toFixed(1)} MB, ${(megabytes / seconds).toFixed(1)} MB/s`)
  }
  try {
    await downloadBlocks(manager, {
      items,
      signal,
      ordered: true,
      onBytes: (count) => {
        bytes += count
        show()
      },
      onPart: (part) => files.part(part),
      onAborted: (hash) => files.discard(toDisplay(hash)),
      onBlock: async (each, item) => {
        await files.end(each)
        done++
        show()
        process.stdout.write(isJson ? jsonLine(each, item) : textLine(each, item))
      },
    })
  } finally {
    bar.end()
    await files.close()
  }
}

function textLine({ hash, size, txCount }: SmallBlock | BigBlock, { height }: BlockItem): string {
  const where = height < 0 ? '' : `${height}  `
  return `${where}${toDisplay(hash)}  ${size} bytes  ${txCount} transactions\n`
}

function jsonLine({ hash, size, txCount }: SmallBlock | BigBlock, { height }: BlockItem): string {
  const where = height < 0 ? {} : { height }
  return `${JSON.stringify({ ...where, hash: toDisplay(hash), size, tx_count: txCount })}\n`
}

/** Raw blocks in files, if anybody wants them; a block that is cut off leaves none. */
class BlockFiles {
  readonly #open = new Map<string, Promise<FileHandle>>()

  constructor(private readonly folder: string | undefined) {}

  async part(part: BlockPart): Promise<void> {
    if (this.folder === undefined || part.blockHash === undefined) return
    const at = 'base' in part ? part.base : part.txOffset + part.offset
    await (await this.#file(toDisplay(part.blockHash))).write(part.bytes, 0, part.bytes.length, at)
  }

  async end(block: SmallBlock | BigBlock): Promise<void> {
    if (this.folder === undefined) return
    const file = await this.#file(toDisplay(block.hash))
    if (block.type === 'small') await file.write(block.raw)
    await this.#close(toDisplay(block.hash))
  }

  discard(hash: string): void {
    void this.#close(hash).then(() => rm(this.#path(hash), { force: true }))
  }

  async close(): Promise<void> {
    for (const hash of [...this.#open.keys()]) {
      await this.#close(hash)
      await rm(this.#path(hash), { force: true })
    }
  }

  #file(hash: string): Promise<FileHandle> {
    const known = this.#open.get(hash)
    if (known) return known
    const opened = open(this.#path(hash), 'w')
    this.#open.set(hash, opened)
    return opened
  }

  async #close(hash: string): Promise<void> {
    const opened = this.#open.get(hash)
    this.#open.delete(hash)
    await (await opened)?.close()
  }

  #path(hash: string): string {
    return join(this.folder ?? '.', `${hash}.block`)
  }
}
