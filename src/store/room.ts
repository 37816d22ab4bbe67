import { statfsSync } from 'node:fs'
import { DiskError } from '../base/disk-error.js'

/**
 * What must be free on a disk for the node to write blocks and LMDB environments there: more than one write needs. A write
 * that LMDB begins and the disk does not take may end the process (docs/decisions/files-and-locks.md).
 */
export const ROOM_BYTES = 8 * 1024 * 1024

/** @throws {DiskError} naming the folder, when its disk is full but for {@link ROOM_BYTES} */
export function requireRoom(folder: string): void {
  const { blocks, bavail, bsize } = statfsSync(folder)
  // Some file systems do not tell.
  if (blocks === 0 || bavail * bsize >= ROOM_BYTES) return
  const left = Math.floor((bavail * bsize) / 1024)
  const least = ROOM_BYTES / 1024 / 1024
  throw new DiskError(
    `no more is written in ${folder}: ${left} KB are left on its disk, and ${least} MB must be (make room)`,
  )
}
