import { dirname } from 'node:path'
import type { Hash } from '../../hash.js'
import { HEADER_BYTES } from '../header.js'
import { type CommitRecord, readCommitRecord, writeCommitRecord } from './commit-record.js'
import type { Disk, DiskFile } from './disk.js'
import { decodeReorg, encodeReorg, type Reorg } from './reorg-journal.js'
import { StoreError } from './store-error.js'

/** Where a chain of the main file ends. */
export interface FileTip {
  readonly height: number
  readonly hash: Hash
}

const stateOf = (path: string): string => `${path}.state`
const sidesOf = (path: string): string => `${path}.sides`
const journalOf = (path: string): string => `${path}.reorg`

/**
 * The files of a store, to be written by one process:
 * - `path`: the main chain, 80 bytes a header, the genesis block first
 * - `.state`: the commit record, two slots in turn
 * - `.sides`: headers off the main chain, 80 bytes each, in any order
 * - `.reorg`: there only while the main chain changes branch
 * - `.lock`
 *
 * What the record claims has reached the disk before the record was written; headers in the file beyond that are as good
 * as headers from a peer, and are checked like those.
 */
export class HeaderFiles {
  readonly #disk: Disk
  readonly #path: string
  readonly #main: DiskFile
  readonly #state: DiskFile
  #sides: DiskFile
  #sidesEnd: number
  #record: CommitRecord | undefined
  readonly #unlock: () => Promise<void>

  private constructor(opened: Opened) {
    this.#disk = opened.disk
    this.#path = opened.path
    this.#main = opened.main
    this.#state = opened.state
    this.#sides = opened.sides
    this.#sidesEnd = opened.sidesEnd
    this.#record = opened.record
    this.#unlock = opened.unlock
  }

  /**
   * Locks and opens the files; makes them where there are none.
   * @throws {StoreError} store_in_use
   */
  static async open(disk: Disk, path: string): Promise<HeaderFiles> {
    await disk.makeFolder(dirname(path))
    const unlock = await disk.lock(`${path}.lock`)
    if (unlock === undefined)
      throw new StoreError(
        'store_in_use',
        `the headers in ${path} are in use: stop the other program, or open them with readonly: true`,
      )
    const opened: DiskFile[] = []
    const open = async (name: string): Promise<DiskFile> => {
      const file = await disk.open(name, 'write')
      opened.push(file)
      return file
    }
    try {
      const [main, state, sides] = [await open(path), await open(stateOf(path)), await open(sidesOf(path))]
      const record = readCommitRecord(await readAll(state))
      const sidesEnd = wholeHeaders(await sides.size()) * HEADER_BYTES
      return new HeaderFiles({ disk, path, main, state, sides, sidesEnd, record, unlock })
    } catch (error) {
      await Promise.allSettled(opened.map((file) => file.close()))
      await unlock()
      throw error
    }
  }

  get main(): DiskFile {
    return this.#main
  }

  get record(): CommitRecord | undefined {
    return this.#record
  }

  /** Headers in the file of side branches, live or not. */
  get sideCount(): number {
    return wholeHeaders(this.#sidesEnd)
  }

  readSides(): Promise<Uint8Array> {
    return readAll(this.#sides)
  }

  /** The change that was under way when the last process ended, if it must be done again. */
  async interruptedReorg(): Promise<Reorg | undefined> {
    const reorg = await readInterrupted(this.#disk, this.#path, this.#record)
    if (reorg === undefined) await this.#disk.remove(journalOf(this.#path))
    return reorg
  }

  /** Writes headers of the main chain; `height` is that of the first. */
  append(height: number, raw: Uint8Array): Promise<void> {
    return this.#main.write(raw, height * HEADER_BYTES)
  }

  async appendSides(raw: Uint8Array): Promise<void> {
    if (raw.length === 0) return
    await this.#sides.write(raw, this.#sidesEnd)
    this.#sidesEnd += raw.length
  }

  /** Replaces the file of side branches. */
  async rewriteSides(raw: Uint8Array): Promise<void> {
    const name = sidesOf(this.#path)
    const fresh = await this.#disk.open(`${name}.tmp`, 'write')
    try {
      await fresh.truncate(0)
      await fresh.write(raw, 0)
      await fresh.sync()
      await this.#sides.close()
      await this.#disk.rename(`${name}.tmp`, name)
    } catch (error) {
      await fresh.close()
      throw error
    }
    this.#sides = fresh
    this.#sidesEnd = raw.length
  }

  /** Replaces the main chain above a height, so that it is whole whenever the process or the power ends. */
  async replace(commonHeight: number, raw: Uint8Array, tip: FileTip): Promise<void> {
    // Doing it again later relies on what stays, and overwrites what is among the side branches only from now on.
    await this.#main.sync()
    await this.#sides.sync()
    const journal = journalOf(this.#path)
    const file = await this.#disk.open(journal, 'write')
    try {
      await file.truncate(0)
      await file.write(encodeReorg({ sequence: this.#record?.sequence ?? 0, commonHeight, raw }), 0)
      await file.sync()
    } finally {
      await file.close()
    }
    await this.#disk.syncFolder(dirname(this.#path))
    await this.redo(commonHeight, raw, tip)
  }

  /** The second half of {@link replace}, which may be done any number of times. */
  async redo(commonHeight: number, raw: Uint8Array, tip: FileTip): Promise<void> {
    const start = (commonHeight + 1) * HEADER_BYTES
    await this.#main.write(raw, start)
    await this.#main.truncate(start + raw.length)
    await this.commit(tip)
    await this.#disk.remove(journalOf(this.#path))
  }

  /** Brings all to the disk and says so in the record. */
  async commit(tip: FileTip): Promise<void> {
    await this.#sides.sync()
    await this.#main.sync()
    const sequence = (this.#record?.sequence ?? 0) + 1
    const record = { sequence, count: tip.height + 1, tipHash: tip.hash }
    await writeCommitRecord(this.#state, record)
    this.#record = record
  }

  /** New files survive a power cut once their names are on the disk. */
  syncNames(): Promise<void> {
    return this.#disk.syncFolder(dirname(this.#path))
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#main.close(), this.#state.close(), this.#sides.close()])
    await this.#unlock()
  }
}

/** What is left behind the last whole header was cut off while it was written. */
export const wholeHeaders = (bytes: number): number => Math.floor(bytes / HEADER_BYTES)

interface Opened {
  readonly disk: Disk
  readonly path: string
  readonly main: DiskFile
  readonly state: DiskFile
  readonly sides: DiskFile
  readonly sidesEnd: number
  readonly record: CommitRecord | undefined
  readonly unlock: () => Promise<void>
}

async function readAll(file: DiskFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.size())
  return bytes.subarray(0, await file.read(bytes, 0))
}

async function readInterrupted(
  disk: Disk,
  path: string,
  record: CommitRecord | undefined,
): Promise<Reorg | undefined> {
  const bytes = await disk.readWhole(journalOf(path))
  const reorg = bytes === undefined ? undefined : decodeReorg(bytes)
  return reorg?.sequence === (record?.sequence ?? 0) ? reorg : undefined
}

/** What a reader finds beside a main chain that another process may be writing. */
export interface Snapshot {
  readonly record: CommitRecord | undefined
  readonly reorg: Reorg | undefined
  readonly sides: Uint8Array
}

export async function readSnapshot(disk: Disk, path: string): Promise<Snapshot> {
  const record = readCommitRecord((await disk.readWhole(stateOf(path))) ?? new Uint8Array(0))
  const reorg = await readInterrupted(disk, path, record)
  return { record, reorg, sides: (await disk.readWhole(sidesOf(path))) ?? new Uint8Array(0) }
}
