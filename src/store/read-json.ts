import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AssertError, messageOf } from '../base/errors.js'
import { parseJson, type Json } from '../base/json.js'
import { hasCode } from './error-code.js'
import { inTurn } from './in-turn.js'
import { setAside, type OnSetAside } from './set-aside.js'

/** Where a JSON value is kept and what it must be. */
export interface JsonSource<T> {
  readonly path: string
  /** Throws, saying why, on a value that does not belong in the file. */
  readonly decode: (json: Json) => T
  readonly onSetAside: OnSetAside
}

/**
 * The value in the file. A file that is torn or foreign is set aside and reported; then, as when there is none, the
 * answer is undefined.
 * @throws {Error} naming the path, when the file is there but cannot be read
 */
export async function readJson<T>(source: JsonSource<T>): Promise<T | undefined> {
  const found = await attempt(source)
  if (found.unfit === undefined) return found.value
  // A write may have put it right in the meantime: look again when no write is under way.
  return inTurn(dirname(source.path), () => readJsonInTurn(source))
}

/** {@link readJson} for a caller whose turn on the file's folder it is. */
export async function readJsonInTurn<T>(source: JsonSource<T>): Promise<T | undefined> {
  const found = await attempt(source)
  if (found.unfit === undefined) return found.value
  source.onSetAside(await setAside(source.path, found.unfit))
  return undefined
}

interface Attempt<T> {
  readonly value?: T
  /** Why the file cannot be used. */
  readonly unfit?: string
}

async function attempt<T>({ path, decode }: JsonSource<T>): Promise<Attempt<T>> {
  const bytes = await bytesOf(path)
  if (bytes === undefined) return {}
  if (bytes === 'not a file') return { unfit: bytes }
  if (bytes.length === 0) return { unfit: 'empty' }
  try {
    return { value: decode(parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))) }
  } catch (error) {
    if (error instanceof AssertError) throw error
    return { unfit: messageOf(error) }
  }
}

async function bytesOf(path: string): Promise<Uint8Array | 'not a file' | undefined> {
  try {
    // Asked first, because reading from a pipe would wait for ever.
    if (!(await stat(path)).isFile()) return 'not a file'
    return await readFile(path)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw new Error(`cannot read ${path}: ${messageOf(error)}`, { cause: error })
  }
}
