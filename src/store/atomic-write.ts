import { link, readdir, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import fs from 'fs-extra'
import pLimit from 'p-limit'
import { messageOf } from '../base/errors.js'
import { hasCode } from './error-code.js'
import { syncFolder } from './folder.js'
import { inTurn } from './in-turn.js'
import { notWritten } from './not-written.js'

/** A file of a group, by its name in the group's folder. */
export interface NamedData {
  readonly name: string
  readonly data: string | Uint8Array
  /** Who may do what with the file, such as 0o600; without it, what the process gives new files. */
  readonly mode?: number
}

type FileOptions = Pick<NamedData, 'mode'>

/** Node's thread pool runs four file operations at once; more would only wait. */
const FILES_AT_ONCE = 4

const TEMPORARY = /^\..+\.tmp-\d+-\d+$/

let temporariesNamed = 0

/**
 * Replaces a file, or makes it, whole and durably: whoever reads it, and whoever finds it after a crash, sees the old
 * content or the new one. Once the promise resolves the new one survives a power cut. Writes to one path take place in
 * the order they were asked for.
 * @throws {DiskError} naming the path, when it cannot be written; the old content stays
 */
export function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: FileOptions = {},
): Promise<void> {
  return writeFilesAtomic(dirname(path), [{ name: basename(path), data, ...options }])
}

/**
 * Makes a file, whole and durably, and never replaces one: of two that make the same file, one fails.
 * @throws {DiskError} naming the path, when it exists or cannot be written
 */
export function createFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: FileOptions = {},
): Promise<void> {
  const folder = dirname(path)
  return inTurn(folder, async () => {
    const temporary = join(folder, temporaryName(basename(path)))
    try {
      await writeTemporaries([{ path, temporary, data, ...options }])
      // A rename would replace what is there; a link does not.
      await naming(path, link(temporary, path))
      await syncFolder(folder)
    } finally {
      await rm(temporary, { force: true })
    }
  })
}

/**
 * {@link writeFileAtomic} for many files of one folder, at the price of one folder sync. Each file is whole at any
 * moment; they appear in the order given, so that a crash or a failure leaves the first few of them.
 */
export function writeFilesAtomic(folder: string, files: readonly NamedData[]): Promise<void> {
  return inTurn(folder, () => replaceFiles(folder, files))
}

/** {@link writeFilesAtomic} for a caller whose turn on the folder it is. */
export async function replaceFiles(folder: string, files: readonly NamedData[]): Promise<void> {
  const replacements = files.map(({ name, ...content }) => ({
    path: join(folder, name),
    temporary: join(folder, temporaryName(name)),
    ...content,
  }))
  try {
    await writeTemporaries(replacements)
    // fs-extra's rename tries again while a scanner holds the file on Windows.
    for (const { path, temporary } of replacements) await naming(path, fs.rename(temporary, path))
    await syncFolder(folder)
  } catch (error) {
    await Promise.allSettled(replacements.map(({ temporary }) => rm(temporary, { force: true })))
    throw error
  }
}

interface Replacement extends Omit<NamedData, 'name'> {
  readonly path: string
  readonly temporary: string
}

async function writeTemporaries(replacements: readonly Replacement[]): Promise<void> {
  const limit = pLimit(FILES_AT_ONCE)
  const writes = replacements.map(({ path, temporary, data, mode }) =>
    limit(() => naming(path, writeFile(temporary, data, { flag: 'wx', flush: true, mode }))),
  )
  // All have ended before the first failure is told: none makes its file after the clean-up.
  await Promise.allSettled(writes)
  await Promise.all(writes)
}

async function naming(path: string, step: Promise<void>): Promise<void> {
  try {
    await step
  } catch (error) {
    throw notWritten(`write ${path}`, error)
  }
}

function temporaryName(name: string): string {
  temporariesNamed += 1
  return `.${name}.tmp-${process.pid}-${temporariesNamed}`
}

/**
 * Deletes what a process that died left of its unfinished writes. For the start of the one process that uses the
 * folder: it would take away another's writes under way.
 */
export function removeTemporaries(folder: string): Promise<void> {
  return inTurn(folder, async () => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return []
      throw new Error(`cannot read the folder ${folder}: ${messageOf(error)}`, { cause: error })
    })
    const left = entries.filter((entry) => entry.isFile() && TEMPORARY.test(entry.name))
    for (const { name } of left) await naming(join(folder, name), rm(join(folder, name), { force: true }))
  })
}
