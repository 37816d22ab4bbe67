import type { Disk, DiskFile } from '../../../src/p2p/headers/files/disk.js'

/** What every operation finds once the process is dead, or the disk fails. */
class DiskFailure extends Error {
  override readonly name = 'DiskFailure'
}

type Change = (bytes: Uint8Array) => Uint8Array

/** The content of a file: what is on the disk, and what has not got there yet. */
class Content {
  bytes = new Uint8Array(0) as Uint8Array
  #durable = new Uint8Array(0) as Uint8Array
  #pending: Change[] = []

  apply(change: Change): void {
    this.bytes = change(this.bytes)
    this.#pending.push(change)
  }

  sync(): void {
    this.#durable = this.bytes
    this.#pending = []
  }

  /** The power is gone: of what was not synced some got to the disk, in whatever selection. */
  cut(isKept: () => boolean): void {
    this.bytes = this.#pending.filter(isKept).reduce((bytes, change) => change(bytes), this.#durable)
    this.sync()
  }
}

/** A file system in memory that counts what changes it, and dies at the operation it is told. */
export class MemoryDisk implements Disk {
  readonly #contents: Map<string, Content>
  readonly #locks = new Set<string>()
  /** Operations that change something, so far. */
  operations = 0
  /** This operation fails: half done where it is a write. */
  failAt = Infinity
  /** All operations after that fail too, as after a kill. */
  isMortal = true

  constructor(contents = new Map<string, Content>()) {
    this.#contents = contents
  }

  /** The disk as the next process finds it after the end of this one. */
  afterKill(): MemoryDisk {
    return new MemoryDisk(this.#contents)
  }

  /** The disk as it is when the power is back. */
  afterPowerCut(isKept: () => boolean): MemoryDisk {
    for (const content of this.#contents.values()) content.cut(isKept)
    return new MemoryDisk(this.#contents)
  }

  get names(): string[] {
    return [...this.#contents.keys()]
  }

  /** Content of a file, to look at or to damage. */
  bytes(path: string): Uint8Array {
    return this.#at(path).bytes
  }

  put(path: string, bytes: Uint8Array): void {
    const content = new Content()
    content.apply(() => bytes)
    content.sync()
    this.#contents.set(path, content)
  }

  step(): void {
    this.operations++
    const fails = this.isMortal ? this.operations >= this.failAt : this.operations === this.failAt
    if (fails) throw new DiskFailure(`operation ${this.operations} fails`)
  }

  makeFolder(): Promise<void> {
    return Promise.resolve()
  }

  async open(path: string, mode: 'read' | 'write'): Promise<DiskFile> {
    await Promise.resolve()
    if (!this.#contents.has(path)) {
      if (mode === 'read') throw Object.assign(new Error(`no file ${path}`), { code: 'ENOENT' })
      this.step()
      this.#contents.set(path, new Content())
    }
    return new MemoryFile(this, this.#at(path))
  }

  async readWhole(path: string): Promise<Uint8Array | undefined> {
    await Promise.resolve()
    return this.#contents.get(path)?.bytes
  }

  async rename(from: string, to: string): Promise<void> {
    await Promise.resolve()
    this.step()
    this.#contents.set(to, this.#at(from))
    this.#contents.delete(from)
  }

  async remove(path: string): Promise<void> {
    await Promise.resolve()
    this.step()
    this.#contents.delete(path)
  }

  async syncFolder(): Promise<void> {
    await Promise.resolve()
    this.step()
  }

  async lock(path: string): Promise<(() => Promise<void>) | undefined> {
    await Promise.resolve()
    if (this.#locks.has(path)) return undefined
    this.#locks.add(path)
    return async () => {
      await Promise.resolve()
      this.#locks.delete(path)
    }
  }

  #at(path: string): Content {
    const content = this.#contents.get(path)
    if (content === undefined) throw new Error(`no file ${path}`)
    return content
  }
}

class MemoryFile implements DiskFile {
  constructor(
    readonly disk: MemoryDisk,
    readonly content: Content,
  ) {}

  size(): Promise<number> {
    return Promise.resolve(this.content.bytes.length)
  }

  read(into: Uint8Array, at: number): Promise<number> {
    const part = this.content.bytes.subarray(at, at + into.length)
    into.set(part)
    return Promise.resolve(part.length)
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    await Promise.resolve()
    const copy = bytes.slice()
    try {
      this.disk.step()
    } catch (error) {
      if (this.disk.operations === this.disk.failAt)
        this.content.apply(writing(copy.subarray(0, copy.length / 2), at))
      throw error
    }
    this.content.apply(writing(copy, at))
  }

  async truncate(length: number): Promise<void> {
    await Promise.resolve()
    this.disk.step()
    this.content.apply((bytes) => resized(bytes, length))
  }

  async sync(): Promise<void> {
    await Promise.resolve()
    this.disk.step()
    this.content.sync()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function writing(bytes: Uint8Array, at: number): Change {
  return (old) => {
    const next = resized(old, Math.max(old.length, at + bytes.length))
    next.set(bytes, at)
    return next
  }
}

function resized(bytes: Uint8Array, length: number): Uint8Array {
  const next = new Uint8Array(length)
  next.set(bytes.subarray(0, length))
  return next
}
