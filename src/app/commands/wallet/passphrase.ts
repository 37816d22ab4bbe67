import { readFile, stat } from 'node:fs/promises'
import { messageOf } from '../../../base/errors.js'
import { askSecret } from './ask.js'
import { canAsk, type Io } from './io.js'

const VARIABLE = 'TERRARIUM_WALLET_PASSPHRASE'

/** A file larger than this holds something else. */
const MAX_FILE_BYTES = 4096

/** The passphrase of a wallet file that exists. @throws {Error} one line for people; never quotes what was typed */
export async function passphrase(io: Io, path: string | undefined): Promise<string> {
  return (await givenPassphrase(io, path)) ?? (await ask(io, 'Passphrase of the wallet'))
}

/** The passphrase of a wallet file that is to be made; asked for twice. @throws {Error} as {@link passphrase} */
export async function newPassphrase(io: Io, path: string | undefined): Promise<string> {
  const given = await givenPassphrase(io, path)
  if (given !== undefined) return given
  const first = await ask(io, 'New passphrase for the wallet file')
  if (first === '') throw new Error('a wallet needs a passphrase')
  if ((await ask(io, 'The same once more')) !== first) throw new Error('the two passphrases differ')
  return first
}

/** Whether the passphrase comes from somewhere else than the terminal. */
export function isPassphraseGiven(io: Io, path: string | undefined): boolean {
  return path !== undefined || io.environment[VARIABLE] !== undefined
}

async function givenPassphrase(io: Io, path: string | undefined): Promise<string | undefined> {
  const given = path === undefined ? io.environment[VARIABLE] : await inFile(path)
  if (given === '') throw new Error(`the passphrase in ${path ?? VARIABLE} is empty`)
  return given
}

async function inFile(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) throw new Error('it is too large for one')
    // Editors end the last line of a file.
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw new Error(`cannot read the passphrase file ${path}: ${messageOf(error)}`, { cause: error })
  }
}

function ask(io: Io, question: string): Promise<string> {
  if (canAsk(io)) return askSecret(io, question)
  throw new Error(
    `a passphrase is needed and there is no terminal to ask at: set ${VARIABLE} or name a --passphrase-file`,
  )
}
