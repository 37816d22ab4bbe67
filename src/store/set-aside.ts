import { lstat } from 'node:fs/promises'
import { dirname } from 'node:path'
import fs from 'fs-extra'
import { messageOf } from '../base/errors.js'
import { hasCode } from './error-code.js'
import { syncFolder } from './folder.js'

/** A file that could not be used and was moved out of the way, untouched. */
export interface SetAside {
  readonly path: string
  readonly movedTo: string
  /** Why it could not be used, for people. */
  readonly reason: string
}

/** Told of every file set aside; it belongs in the log. */
export type OnSetAside = (event: SetAside) => void

/**
 * Renames what stands at `path` to `<path>.torn-<n>`, n the first number free.
 * @throws {Error} naming the path, when it cannot be moved
 */
export async function setAside(path: string, reason: string): Promise<SetAside> {
  try {
    const movedTo = await freeName(path)
    await fs.rename(path, movedTo)
    await syncFolder(dirname(path))
    return { path, movedTo, reason }
  } catch (error) {
    throw new Error(`cannot use ${path} (${reason}) nor set it aside: ${messageOf(error)}`, { cause: error })
  }
}

async function freeName(path: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = `${path}.torn-${n}`
    if (!(await exists(name))) return name
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false
    throw error
  }
}
