import { readFile } from 'node:fs/promises'
import { constants } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fs from 'fs-extra'
import { tryLock } from 'fs-native-extensions'
import { messageOf } from '../base/errors.js'
import { removeTemporaries } from './atomic-write.js'
import { hasCode } from './error-code.js'
import { makeFolder } from './folder.js'
import { inTurn } from './in-turn.js'

/** Name of the lock's file in the folder. */
export const LOCK_NAME = 'lock'

/** Far behind the text: on Windows nobody else can read the bytes that are locked. */
const LOCK_OFFSET = 1 << 20

/** A holder writes who it is right after it took the lock; a process that was refused waits this often for that. */
const HOLDER_TRIES = 25
const HOLDER_PAUSE_MS = 10

/**
 * A folder that this process alone may use. The lock is the operating system's, on an open file: it vanishes with the
 * process, however that ends, and holds against this process too. The file itself stays, and means nothing by itself.
 */
export class DataFolder {
  /** Absolute. */
  readonly path: string
  #lockFile: number | undefined

  private constructor(path: string, lockFile: number) {
    this.path = path
    this.#lockFile = lockFile
  }

  /**
   * Makes the folder if it is missing, locks it, and clears what a crash left of unfinished writes.
   * @throws {Error} one line for people, naming the folder: in use (by which process), cannot be made, cannot be written
   */
  static async open(path: string): Promise<DataFolder> {
    const folder = resolve(path)
    await makeFolder(folder)
    const lockFile = await openLockFile(folder)
    try {
      if (!lock(folder, lockFile)) throw new Error(await inUse(folder))
      await writeHolder(folder, lockFile)
      await removeTemporaries(folder)
      return new DataFolder(folder, lockFile)
    } catch (error) {
      await fs.close(lockFile)
      throw error
    }
  }

  /** Lets other processes have the folder, after the writes under way in it. Closing twice is harmless. */
  async close(): Promise<void> {
    const lockFile = this.#lockFile
    if (lockFile === undefined) return
    this.#lockFile = undefined
    await inTurn(this.path, () => fs.close(lockFile))
  }
}

/** A bare descriptor: a FileHandle closes itself when it is collected, and the lock would be gone unnoticed. */
async function openLockFile(folder: string): Promise<number> {
  try {
    return await fs.open(join(folder, LOCK_NAME), constants.O_RDWR | constants.O_CREAT)
  } catch (error) {
    throw new Error(`cannot write in the folder ${folder}: ${messageOf(error)}`, { cause: error })
  }
}

function lock(folder: string, lockFile: number): boolean {
  try {
    return tryLock(lockFile, LOCK_OFFSET, 1)
  } catch (error) {
    throw new Error(`cannot lock the folder ${folder}: ${messageOf(error)}`, { cause: error })
  }
}

async function writeHolder(folder: string, lockFile: number): Promise<void> {
  try {
    await fs.ftruncate(lockFile, 0)
    await fs.write(lockFile, `${process.pid} ${new Date().toISOString()}\n`, 0)
  } catch (error) {
    throw new Error(`cannot write in the folder ${folder}: ${messageOf(error)}`, { cause: error })
  }
}

async function inUse(folder: string): Promise<string> {
  const holder = await holderOf(folder)
  return `the folder ${folder} is in use by ${holder}: stop it, or choose another folder with --dir`
}

async function holderOf(folder: string): Promise<string> {
  for (let tries = 0; tries < HOLDER_TRIES; tries++) {
    const text = await readFile(join(folder, LOCK_NAME), 'utf8').catch(() => '')
    const [, pid, since] = /^(\d+) (\S+)\n$/.exec(text) ?? []
    // A name left by a process that died is not the holder's.
    if (pid !== undefined && isRunning(Number(pid))) return `process ${pid} (since ${since})`
    await sleep(HOLDER_PAUSE_MS)
  }
  return 'another process'
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}
