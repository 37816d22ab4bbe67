import type { HeaderBook } from '../header-book.js'
import { Changes } from '../header-book.js'
import { HEADER_BYTES } from '../header.js'
import { sha256d } from '../../hash.js'
import type { ResolvedOptions } from '../store-options.js'
import { HeaderFiles, readSnapshot } from './header-files.js'
import { type Loaded, loadHeaders, loadSides } from './load-headers.js'
import { StoreError } from './store-error.js'
import { rawOf } from './write-queue.js'

/** So often a reader starts again because the writer was quicker. */
const READER_TRIES = 10

/** What was found when the files were opened. */
export interface Opened {
  readonly files: HeaderFiles
  /** Bytes at the end of the main chain's file that were no headers of a valid chain. */
  readonly droppedBytes: number
}

/** Opens the files to write, brings them in order after whatever happened, and fills the book. */
export async function openFiles(book: HeaderBook, options: ResolvedOptions): Promise<Opened> {
  const files = await HeaderFiles.open(options.disk, options.path)
  try {
    await redoReorg(files)
    const loaded = await loadHeaders(book, {
      path: options.path,
      main: files.main,
      record: files.record,
      genesis: options.network.genesis,
      repair: options.repair,
    })
    const changes = new Changes(book.tree.main.height)
    loadSides(book, await files.readSides(), changes)
    await tidy(book, files, { ...loaded, shared: Math.min(loaded.shared, changes.commonHeight + 1) })
    return { files, droppedBytes: loaded.droppedBytes }
  } catch (error) {
    await files.close()
    throw error
  }
}

async function redoReorg(files: HeaderFiles): Promise<void> {
  const reorg = await files.interruptedReorg()
  if (reorg === undefined) return
  const { commonHeight, raw } = reorg
  const last = new Uint8Array(HEADER_BYTES)
  if (raw.length > 0) last.set(raw.subarray(-HEADER_BYTES))
  else await files.main.read(last, commonHeight * HEADER_BYTES)
  const height = commonHeight + raw.length / HEADER_BYTES
  await files.redo(commonHeight, raw, { height, hash: sha256d(last) })
}

/** Makes the files say what the book says. */
async function tidy(book: HeaderBook, files: HeaderFiles, loaded: Loaded): Promise<void> {
  const { main, sides } = book.tree
  const tip = { height: main.height, hash: main.hash(main.height).slice() }
  const isSame = loaded.shared === main.height + 1 && loaded.count === loaded.shared
  if (sides.size !== files.sideCount) await files.rewriteSides(rawOf(sides.inOrder()))
  if (!isSame) await files.replace(loaded.shared - 1, main.rawFrom(loaded.shared), tip)
  else if (loaded.droppedBytes > 0 || files.record?.count !== main.height + 1) {
    await files.main.truncate((main.height + 1) * HEADER_BYTES)
    await files.commit(tip)
  }
  await files.syncNames()
}

/**
 * Fills the book from files that another process may be writing.
 * @param newBook where to start again
 */
export async function readFiles(newBook: () => HeaderBook, options: ResolvedOptions): Promise<HeaderBook> {
  for (let tries = 1; ; tries++) {
    const book = newBook()
    const before = await readSnapshot(options.disk, options.path)
    try {
      await readOnce(book, options, before)
    } catch (error) {
      const { record } = await readSnapshot(options.disk, options.path)
      if (tries === READER_TRIES || record?.sequence === before.record?.sequence) throw error
      continue
    }
    const { record } = await readSnapshot(options.disk, options.path)
    if (tries === READER_TRIES || record?.sequence === before.record?.sequence) return book
  }
}

async function readOnce(
  book: HeaderBook,
  options: ResolvedOptions,
  { record, reorg, sides }: Awaited<ReturnType<typeof readSnapshot>>,
): Promise<void> {
  const main = await openToRead(options)
  try {
    await loadHeaders(book, {
      path: options.path,
      main,
      record,
      genesis: options.network.genesis,
      repair: options.repair,
      ...(reorg === undefined ? {} : { limit: reorg.commonHeight + 1 }),
    })
  } finally {
    await main.close()
  }
  const changes = new Changes(book.tree.main.height)
  if (reorg !== undefined) book.connectBranches(reorg.raw, changes)
  loadSides(book, sides, changes)
}

async function openToRead({ disk, path }: ResolvedOptions): ReturnType<ResolvedOptions['disk']['open']> {
  try {
    return await disk.open(path, 'read')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new StoreError('store_missing', `there are no headers in ${path}: sync them first`, {
      cause: error,
    })
  }
}
