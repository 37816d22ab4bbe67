import { type FileHandle, open } from 'node:fs/promises'
import { type Hash, toDisplay } from '../hash.js'
import type { DoneStore } from './download-blocks.js'

const HASH_BYTES = 32

/** A {@link DoneStore} in a file: the hashes one after the other, 32 bytes each. For one process at a time. */
export class DoneFile implements DoneStore {
  readonly #file: FileHandle
  readonly #done: Set<string>

  private constructor(file: FileHandle, done: Set<string>) {
    this.#file = file
    this.#done = done
  }

  /** Opens the file, or makes it. What a write that was cut off left behind is cut off. */
  static async open(path: string): Promise<DoneFile> {
    const file = await open(path, 'a+')
    const bytes = await file.readFile()
    const done = new Set<string>()
    for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES)
      done.add(toDisplay(bytes.subarray(at, at + HASH_BYTES)))
    await file.truncate(bytes.length - (bytes.length % HASH_BYTES))
    return new DoneFile(file, done)
  }

  get size(): number {
    return this.#done.size
  }

  has(hash: Hash): boolean {
    return this.#done.has(toDisplay(hash))
  }

  /** Resolves when the operating system has it: it outlives this process, not a power cut. */
  async add(hash: Hash): Promise<void> {
    if (this.has(hash)) return
    await this.#file.appendFile(hash)
    this.#done.add(toDisplay(hash))
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
