import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb'
import { DiskError } from '../base/disk-error.js'
import { inTurn } from './in-turn.js'
import { notWritten } from './not-written.js'
import { requireRoom } from './room.js'

/** What is written to: an environment of {@link openRoot}. */
type Root = Pick<RootDatabase, 'resetReadTxn' | 'useReadTransaction'>

const folders = new WeakMap<Root, string>()
/** Those that LMDB does not let be used any more: a later write would wait for ever. */
const broken = new WeakSet<Root>()

/**
 * An LMDB environment, in a folder of its own. What resolves when a write is committed says that it is on the disk, and what a
 * failed write rejects can be taken (docs/decisions/files-and-locks.md). @throws {DiskError} naming the folder
 */
export function openRoot<V>(
  folder: string,
  options: Pick<RootDatabaseOptions, 'maxDbs' | 'maxReaders'> = {},
): RootDatabase<V, string> {
  try {
    const root = open<V, string>({
      ...options,
      path: folder,
      noSubdir: false,
      cache: false,
      overlappingSync: false,
      // LMDB's own batches fail with a rejection that nobody can take, and that ends the process.
      eventTurnBatching: false,
    })
    folders.set(root, folder)
    return root
  } catch (error) {
    throw failureIn(folder, error)
  }
}

/**
 * Writes to an environment of {@link openRoot} once the write before is over; resolves when what `write` returned is on the disk.
 * Where it fails, LMDB keeps the reason in a promise behind the error: that is told as what it is, and nobody else has to take it.
 * @throws {DiskError} naming the folder; what is not the disk's fault is thrown as it is
 */
export function written<T>(root: Root, write: () => Promise<T>): Promise<T> {
  return inTurn(folderOf(root), async () => {
    requireUse(root)
    try {
      return await write()
    } catch (error) {
      throw failureOf(root, await reasonOf(error))
    }
  })
}

/** LMDB mostly tells the reason in the same turn; now and then it never does. */
async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { readonly commitError?: Promise<never> }
  if (!commitError) return error
  const reason = commitError.catch((each: unknown) => each)
  const unknown = new Promise(setImmediate).then(() =>
    Object.assign(new Error('a commit failed'), { code: 0 }),
  )
  return Promise.race([reason, unknown])
}

/** {@link written} for what is on the disk when `write` returns. */
export function writtenSync<T>(root: Root, write: () => T): T {
  requireUse(root)
  return opened(root, write)
}

/** Runs what may make tables in an environment. */
export function opened<T>(root: Root, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw failureOf(root, error)
  }
}

function requireUse(root: Root): void {
  if (broken.has(root))
    throw new DiskError(`${folderOf(root)} is closed: its disk failed; start the node again`)
  requireRoom(folderOf(root))
}

function failureOf(root: Root, error: unknown): unknown {
  const failure = failureIn(folderOf(root), error)
  if (failure instanceof DiskError && !isUsable(root)) broken.add(root)
  return failure
}

function isUsable(root: Root): boolean {
  try {
    root.resetReadTxn()
    root.useReadTransaction().done()
    return true
  } catch {
    return false
  }
}

function folderOf(root: Root): string {
  return folders.get(root) ?? 'an LMDB environment'
}

/** LMDB's own errors have a number as their code. */
function failureIn(folder: string, error: unknown): unknown {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'number' ? notWritten(`write in ${folder}`, error) : error
}
