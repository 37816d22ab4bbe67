import { appendFile, readFile, rename, rm, stat } from 'node:fs/promises'
import { messageOf } from '../../base/errors.js'
import type { Log } from '../log.js'

/** One line of the log. Levels: 1 critical error, 2 important error, 3 warning, 4 info, 5 everything. */
export interface LogEntry {
  readonly number: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly level: number
  readonly module: string
  /** Type and MessageID of the message it tells of. */
  readonly message_type: string
  readonly message_id: string
  readonly comments: string
}

export interface LogQuery {
  /** Entries of this level and those that matter more. */
  readonly level?: number
  readonly module?: string
  /** Entries after this number. */
  readonly after?: number
  /** The latest so many. */
  readonly limit?: number
}

export interface LogStoreOptions {
  /** One JSON object per line; absent: memory only. */
  readonly file?: string
  readonly log: Log
  /** Entries held in memory, where queries look. */
  readonly maxEntries?: number
  /** Size at which a file is begun anew; the one before is kept as <file>.1. */
  readonly maxFileBytes?: number
}

const MAX_ENTRIES = 10_000
const MAX_FILE_BYTES = 8 * 1024 * 1024

/** Lines that wait for a slow disk; beyond it they are kept in memory only. */
const MAX_UNWRITTEN = 10_000

const DEFAULT_LIMIT = 100

/** The log of the bus: bounded in memory and on disk. */
export class LogStore {
  readonly #options: LogStoreOptions
  readonly #entries: LogEntry[] = []
  #unwritten: string[] = []
  #writing: Promise<void> | undefined
  #fileBytes = 0
  #last = 0

  private constructor(options: LogStoreOptions) {
    this.#options = options
  }

  /** Reads what a former run left; lines that are none are passed over. */
  static async open(options: LogStoreOptions): Promise<LogStore> {
    const store = new LogStore(options)
    if (options.file !== undefined) await store.#restore(options.file)
    return store
  }

  add(entry: Omit<LogEntry, 'number'>): LogEntry {
    const numbered = { number: ++this.#last, ...entry }
    this.#remember(numbered)
    if (this.#options.file !== undefined && this.#unwritten.length < MAX_UNWRITTEN) {
      this.#unwritten.push(`${JSON.stringify(numbered)}\n`)
      this.#writing ??= this.#write(this.#options.file)
    }
    return numbered
  }

  /** Oldest first. */
  query({ level = 5, module, after = 0, limit = DEFAULT_LIMIT }: LogQuery): readonly LogEntry[] {
    const found = this.#entries.filter(
      (entry) =>
        entry.level <= level && entry.number > after && (module === undefined || entry.module === module),
    )
    return found.slice(Math.max(0, found.length - limit))
  }

  /** Resolves when all is on disk. */
  async close(): Promise<void> {
    await this.#writing
  }

  #remember(entry: LogEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > (this.#options.maxEntries ?? MAX_ENTRIES)) this.#entries.shift()
  }

  async #write(file: string): Promise<void> {
    try {
      while (this.#unwritten.length > 0) {
        const text = this.#unwritten.join('')
        this.#unwritten = []
        if (this.#fileBytes > (this.#options.maxFileBytes ?? MAX_FILE_BYTES)) await this.#beginAnew(file)
        await appendFile(file, text)
        this.#fileBytes += Buffer.byteLength(text)
      }
    } catch (error) {
      this.#options.log.error({ file, fault: messageOf(error) }, 'cannot write the log of the bus')
    }
    this.#writing = undefined
  }

  async #beginAnew(file: string): Promise<void> {
    await rm(`${file}.1`, { force: true })
    await rename(file, `${file}.1`)
    this.#fileBytes = 0
  }

  async #restore(file: string): Promise<void> {
    for (const name of [`${file}.1`, file]) {
      const text = await readFile(name, 'utf8').catch(() => '')
      for (const line of text.split('\n')) this.#restoreLine(line)
      // What comes next must not go on a line that a crash cut short.
      if (name === file && text !== '' && !text.endsWith('\n')) this.#unwritten.push('\n')
    }
    this.#fileBytes = await stat(file).then(
      ({ size }) => size,
      () => 0,
    )
  }

  #restoreLine(line: string): void {
    try {
      const entry = JSON.parse(line) as LogEntry
      if (!Number.isSafeInteger(entry.number) || !Number.isSafeInteger(entry.level)) return
      this.#last = Math.max(this.#last, entry.number)
      this.#remember(entry)
    } catch {
      // A line cut short by a crash is no entry.
    }
  }
}
