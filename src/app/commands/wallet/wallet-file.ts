import { lstat, readFile, stat } from 'node:fs/promises'
import { messageOf } from '../../../base/errors.js'
import { createFileAtomic, writeFileAtomic } from '../../../store/atomic-write.js'
import { hasCode } from '../../../store/error-code.js'

/** Only the owner reads and writes it: addresses are in the open, and the words can be guessed at. */
const MODE = 0o600

/** More than ten thousand accounts take. */
const MAX_BYTES = 4 * 1024 * 1024

/** The text of a wallet file. @throws {Error} one line for people, naming the file */
export async function readWalletFile(path: string): Promise<string> {
  try {
    const { size } = await regularFile(path)
    if (size > MAX_BYTES)
      throw new Error(`it has ${size} bytes, and a wallet never has more than ${MAX_BYTES}`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new Error(
        `there is no wallet file ${path}: "terrarium wallet create" makes one, --wallet names another, --dev takes the development accounts`,
        { cause: error },
      )
    throw new Error(`cannot read the wallet file ${path}: ${messageOf(error)}`, { cause: error })
  }
}

/** Reading from a pipe or a device may never end. */
async function regularFile(path: string): Promise<{ readonly size: number }> {
  const found = await stat(path)
  if (!found.isFile()) throw new Error('it is no file')
  return found
}

/** For a start, before anybody is asked anything. @throws {Error} when something stands at the path */
export async function checkNoWalletFile(path: string): Promise<void> {
  try {
    await lstat(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw new Error(`cannot make the wallet file ${path}: ${messageOf(error)}`, { cause: error })
  }
  throw new Error(existsText(path))
}

/** Makes a wallet file. @throws {Error} when something stands at the path; it stays as it is */
export async function createWalletFile(path: string, text: string): Promise<void> {
  try {
    await createFileAtomic(path, text, { mode: MODE })
  } catch (error) {
    if (hasCode((error as Error).cause, 'EEXIST')) throw new Error(existsText(path), { cause: error })
    throw error
  }
}

export function replaceWalletFile(path: string, text: string): Promise<void> {
  return writeFileAtomic(path, text, { mode: MODE })
}

function existsText(path: string): string {
  return `${path} exists and a wallet is never overwritten: name another file with --wallet, or move this one away`
}
