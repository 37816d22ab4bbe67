import { HEADER_BYTES } from '../header.js'
import { Changes, type HeaderBook } from '../header-book.js'
import { equalHashes } from '../equal-hashes.js'
import type { CommitRecord } from './commit-record.js'
import type { DiskFile } from './disk.js'
import { wholeHeaders } from './header-files.js'
import { StoreError } from './store-error.js'

/** Headers that are read at a time: a few milliseconds of work. */
const READ_HEADERS = 8192

export interface Source {
  /** For messages. */
  readonly path: string
  readonly main: DiskFile
  /** What need not be checked again. */
  readonly record: CommitRecord | undefined
  /** Headers of the file that count; by default all. */
  readonly limit?: number
  readonly genesis: Uint8Array
  /** Damage is cut off instead of refused. */
  readonly repair: boolean
}

/** What was found, besides the headers in the book. */
export interface Loaded {
  /** Headers at the beginning of the file that are those of the main chain. */
  readonly shared: number
  /** Whole headers in the file. */
  readonly count: number
  /** Bytes of the file that were no headers of a valid chain. */
  readonly droppedBytes: number
}

/**
 * Fills a book from the main chain's file. What the commit record vouches for is hashed and must be one chain; whatever
 * follows, and a file without a record (such as ConduitP2P's, with branches in between), is checked like headers from a peer.
 * @throws {StoreError} wrong_network, store_damaged
 */
export async function loadHeaders(book: HeaderBook, source: Source): Promise<Loaded> {
  const size = await source.main.size()
  const count = Math.min(wholeHeaders(size), source.limit ?? Infinity)
  await checkGenesis(source, count)
  const { trusted, end } = await restoreTrusted(book, source, count)
  const { main } = book.tree
  if (book.soundHeight < main.height) main.truncate(book.soundHeight)
  let shared = Math.min(main.height + 1, count)
  let taken = trusted
  await readHeaders(source.main, trusted, end, (raw, first) => {
    const changes = new Changes(main.height)
    book.connectBranches(raw, changes)
    taken += changes.added + changes.duplicates
    shared = Math.min(shared, changes.commonHeight + 1)
    while (shared >= first && shared <= main.height && isAt(raw, shared - first, main.raw(shared))) shared++
    return true
  })
  return { shared, count, droppedBytes: size - Math.min(count, taken) * HEADER_BYTES }
}

/** Whether a header is the one at an index of those side by side. */
function isAt(headers: Uint8Array, index: number, header: Uint8Array): boolean {
  return equalHashes(headers.subarray(index * HEADER_BYTES, (index + 1) * HEADER_BYTES), header)
}

async function checkGenesis({ main, genesis, path }: Source, count: number): Promise<void> {
  if (count === 0) return
  const first = new Uint8Array(HEADER_BYTES)
  await main.read(first, 0)
  if (!equalHashes(first, genesis))
    throw new StoreError(
      'wrong_network',
      `the headers in ${path} do not begin with the genesis block of this network: choose another file`,
    )
}

/** How far the record could be trusted, and up to where the headers after that can be taken. */
interface Restored {
  readonly trusted: number
  readonly end: number
}

/** Restores what the record vouches for, the genesis block at least. */
async function restoreTrusted(book: HeaderBook, source: Source, count: number): Promise<Restored> {
  const { record, main, genesis } = source
  // A file that lost its end is read up to there; what is the last header now was never vouched for as such.
  const vouched = record === undefined ? 0 : Math.min(record.count, count < record.count ? count - 1 : count)
  let good = 0
  await readHeaders(main, 0, vouched, (raw) => {
    const restored = book.restore(raw)
    good += restored
    return restored === wholeHeaders(raw.length)
  })
  if (good < vouched) return damaged(book, source, good - 1)
  const tip = record?.count === vouched ? record.tipHash : undefined
  const { height } = book.tree.main
  if (tip !== undefined && height >= 0 && !equalHashes(book.tree.main.hash(height), tip))
    return damaged(book, source, good - 1)
  if (book.tree.main.height < 0) book.restore(genesis)
  return { trusted: Math.max(1, good), end: count }
}

/** Keeps the headers below `height` where repairing is allowed; those above will be fetched again. */
function damaged(book: HeaderBook, { path, repair }: Source, height: number): Restored {
  if (!repair)
    throw new StoreError(
      'store_damaged',
      `the headers in ${path} have changed at height ${height} since they were written: ` +
        `open them with repair: true to keep the ${height} below and fetch the others again`,
    )
  book.tree.main.truncate(Math.max(0, height - 1))
  const trusted = book.tree.main.height + 1
  return { trusted, end: trusted }
}

/** Reads headers `from` to `to` in parts, until one part is not taken. */
async function readHeaders(
  file: DiskFile,
  from: number,
  to: number,
  take: (raw: Uint8Array, first: number) => boolean,
): Promise<void> {
  const buffer = new Uint8Array(Math.min(READ_HEADERS, Math.max(0, to - from)) * HEADER_BYTES)
  for (let first = from; first < to; first += READ_HEADERS) {
    const raw = buffer.subarray(0, Math.min(READ_HEADERS, to - first) * HEADER_BYTES)
    if ((await file.read(raw, first * HEADER_BYTES)) < raw.length)
      throw new StoreError('store_failed', 'the file of headers became shorter while it was read')
    if (!take(raw, first)) return
  }
}

/** Takes the headers of the file of side branches, in whatever order they are. */
export function loadSides(book: HeaderBook, raw: Uint8Array, changes: Changes): void {
  let rest = raw.subarray(0, wholeHeaders(raw.length) * HEADER_BYTES)
  for (let before = Infinity; rest.length > 0 && rest.length < before;) {
    before = rest.length
    rest = book.connectBranches(rest, changes)
  }
}
