import { constants, close as closeDescriptor, open as openDescriptor } from 'node:fs'
import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { tryLock } from 'fs-native-extensions'

/** A file that is open. Offsets and lengths in bytes. */
export interface DiskFile {
  size(): Promise<number>
  /** Fills as much of `into` as there is from `at` on; answers how much. */
  read(into: Uint8Array, at: number): Promise<number>
  write(bytes: Uint8Array, at: number): Promise<void>
  truncate(length: number): Promise<void>
  /** Brings what was written to the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** What the store needs of a file system; the tests have one that dies. */
export interface Disk {
  makeFolder(path: string): Promise<void>
  /** `write` makes the file where there is none. @throws {Error} code ENOENT where there is nothing to read */
  open(path: string, mode: 'read' | 'write'): Promise<DiskFile>
  /** The whole file; undefined where there is none. */
  readWhole(path: string): Promise<Uint8Array | undefined>
  rename(from: string, to: string): Promise<void>
  /** Harmless where there is no such file. */
  remove(path: string): Promise<void>
  /** Brings the folder's entries to the disk, where the platform can. */
  syncFolder(path: string): Promise<void>
  /** Takes the lock on a file, which it makes; answers how to let it go, or undefined where it is taken. */
  lock(path: string): Promise<(() => Promise<void>) | undefined>
}

const openBare = promisify(openDescriptor)
const closeBare = promisify(closeDescriptor)

const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '')

/** The disk of this machine. */
export const nodeDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true })
  },
  async open(path, mode) {
    const flags = mode === 'read' ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT
    return new NodeFile(await open(path, flags))
  },
  async readWhole(path) {
    try {
      return await readFile(path)
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    try {
      const handle = await open(path, 'r')
      await handle.sync().finally(() => handle.close())
    } catch (error) {
      // Windows and some network file systems refuse to open or to sync a folder.
      if (!hasCode(error, 'EPERM', 'EACCES', 'EISDIR', 'EINVAL', 'ENOTSUP', 'ENOSYS')) throw error
    }
  },
  async lock(path) {
    // A bare descriptor: a FileHandle that was collected would close itself, and the lock would be gone unnoticed.
    const descriptor = await openBare(path, constants.O_RDWR | constants.O_CREAT)
    let isMine = false
    try {
      isMine = tryLock(descriptor, 0, 1)
    } finally {
      if (!isMine) await closeBare(descriptor)
    }
    return isMine ? () => closeBare(descriptor) : undefined
  },
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle
  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size
  }

  async read(into: Uint8Array, at: number): Promise<number> {
    let done = 0
    while (done < into.length) {
      const { bytesRead } = await this.#handle.read(into, done, into.length - done, at + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return done
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    let done = 0
    while (done < bytes.length)
      done += (await this.#handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length)
  }

  sync(): Promise<void> {
    return this.#handle.datasync()
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
