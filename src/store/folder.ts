import { mkdir, open, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { hasCode } from './error-code.js'
import { notWritten } from './not-written.js'

/**
 * Makes a folder and the missing ones above it, durably.
 * @throws {DiskError} naming the folder, when it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path)
  try {
    const firstMade = await makeMissing(folder)
    if (firstMade !== undefined) await syncParents(folder, firstMade)
  } catch (error) {
    throw notWritten(`make the folder ${folder}`, error)
  }
}

/**
 * Makes the folder and those missing above it; returns the highest one made. Not by mkdir's own `recursive`, which goes
 * round for ever where a file system takes no folders and says ENOENT, as /proc does.
 */
async function makeMissing(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder)
    return folder
  } catch (error) {
    if (await isFolder(folder)) return undefined
    if (!hasCode(error, 'ENOENT') || (await isFolder(dirname(folder)))) throw error
  }
  const firstMade = await makeMissing(dirname(folder))
  return (await makeMissing(folder)) === undefined ? firstMade : (firstMade ?? folder)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

/** A new folder survives a power cut once the folder above it is on the disk. */
async function syncParents(lastMade: string, firstMade: string): Promise<void> {
  for (let made = lastMade; made.length >= firstMade.length; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === dirname(made)) return
  }
}

/**
 * Brings a folder's entries (names made, replaced or removed in it) to the disk, where the platform can.
 * @throws {DiskError} naming the folder, when the disk fails
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    // Windows and some network file systems refuse to open or to sync a folder.
    if (hasCode(error, 'EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS')) return
    throw notWritten(`bring the folder ${folder} to the disk`, error)
  }
}
