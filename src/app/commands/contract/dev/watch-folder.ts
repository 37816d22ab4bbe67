import { type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { hasCode } from '../../../../store/error-code.js'

/** What is no source. */
const IGNORED = ['node_modules', 'coverage', 'nodes', '.git', '.terrarium']

/** An editor writes a file in several steps. */
const SETTLE_MS = 200

export interface FolderWatchOptions {
  readonly folder: string
  /** Names of folders and files, at any depth, that are none of the watcher's business. */
  readonly ignored: readonly string[]
  /** With the path of the file, from the folder. */
  readonly onChange: (file: string) => void
  readonly onError: (error: unknown) => void
}

/**
 * Calls back after files in a folder, or in one below it, changed. It watches folders, not files: editors put
 * a new file in the place of the old one, and Node's recursive watch on Linux loses sight of it then.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions
  readonly #ignored: ReadonlySet<string>
  readonly #watchers = new Map<string, FSWatcher>()
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: FolderWatchOptions) {
    this.#options = options
    this.#ignored = new Set([...IGNORED, ...options.ignored])
  }

  /** Resolves once all folders are watched. */
  async open(): Promise<void> {
    await this.#add(this.#options.folder)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  async #add(folder: string): Promise<void> {
    try {
      const found = await readdir(folder, { withFileTypes: true })
      if (this.#isClosed) return
      this.#watchers.get(folder)?.close()
      const watcher = watch(folder, (event, name) => void this.#changed(folder, event, name))
      watcher.on('error', (error) => this.#failed(folder, error))
      this.#watchers.set(folder, watcher)
      const folders = found.filter((each) => each.isDirectory() && !this.#isIgnored(each.name))
      await Promise.all(folders.map(({ name }) => this.#add(join(folder, name))))
    } catch (error) {
      this.#failed(folder, error)
    }
  }

  async #changed(folder: string, event: string, name: string | null): Promise<void> {
    if (name === null || this.#isIgnored(name)) return
    const path = join(folder, name)
    // It came, went or was replaced; whether it is a folder is found out by reading it.
    if (event === 'rename') {
      this.#forget(path)
      await this.#add(path)
    }
    if (this.#isClosed) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#options.onChange(relative(this.#options.folder, path)), SETTLE_MS)
  }

  #forget(folder: string): void {
    for (const [path, watcher] of this.#watchers) {
      if (path !== folder && !path.startsWith(folder + sep)) continue
      watcher.close()
      this.#watchers.delete(path)
    }
  }

  #failed(folder: string, error: unknown): void {
    const isGone = hasCode(error, 'ENOENT', 'ENOTDIR', 'EPERM')
    if (!isGone && !this.#isClosed) this.#options.onError(error)
    this.#forget(folder)
  }

  #isIgnored(name: string): boolean {
    return this.#ignored.has(name) || name.endsWith('~') || name.endsWith('.swp')
  }
}
