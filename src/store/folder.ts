import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf } from '../base/errors.js'
import { hasCode } from './error-code.js'

/**
 * Makes a folder and the missing ones above it, durably.
 * @throws {Error} naming the folder, when it cannot be made
 */
export async function makeFolder(path: string): Promise<void> {
  const folder = resolve(path)
  try {
    const firstMade = await mkdir(folder, { recursive: true })
    if (firstMade !== undefined) await syncParents(folder, firstMade)
  } catch (error) {
    throw new Error(`cannot make the folder ${folder}: ${messageOf(error)}`, { cause: error })
  }
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
 * @throws {Error} naming the folder, when the disk fails
 */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    // Windows and some network file systems refuse to open or to sync a folder.
    if (hasCode(error, 'EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS')) return
    throw new Error(`cannot bring the folder ${folder} to the disk: ${messageOf(error)}`, { cause: error })
  }
}
