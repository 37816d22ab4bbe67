import { Thread } from '../threads/thread.js'
import type { Sleep } from '../time/sleep.js'
import type { SearchJob } from './nonce-range.js'
import type { SearchOrder, SearchReport } from './search-messages.js'

export interface SearchThreadsOptions {
  readonly count: number
  readonly module: URL
  readonly onHashes: (count: number) => void
  /** A thread died. Another one takes its place after a while. */
  readonly onThreadDeath: (error: Error) => void
  readonly sleep: Sleep
}

/** Waits before a new thread takes the place of one that died: the first, and the longest after deaths in a row. */
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000

type SearchThread = Thread<SearchOrder, SearchReport>

/** Threads that search for one nonce at a time together, each its own part of the nonces. Started when first needed. */
export class SearchThreads {
  readonly #options: SearchThreadsOptions
  readonly #threads: (SearchThread | undefined)[]
  readonly #life = new AbortController()
  #order: SearchOrder = { id: 0 }
  #onFound: (nonce: string) => void = () => undefined
  #waitMs = FIRST_WAIT_MS
  #isStarted = false

  constructor(options: SearchThreadsOptions) {
    this.#options = options
    this.#threads = Array.from({ length: options.count }, () => undefined)
  }

  /** Undefined once the signal aborts. One search at a time. */
  async find(job: Pick<SearchJob, 'header' | 'target'>, signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted) return undefined
    this.#start()
    const nonce = await new Promise<string | undefined>((resolve) => {
      const giveUp = (): void => resolve(undefined)
      signal.addEventListener('abort', giveUp)
      this.#onFound = (found) => {
        signal.removeEventListener('abort', giveUp)
        resolve(found)
      }
      this.#tell({ id: this.#order.id + 1, job: { ...job, first: 0, step: this.#threads.length } })
    })
    this.#tell({ id: this.#order.id })
    return nonce
  }

  async close(): Promise<void> {
    this.#life.abort()
    await Promise.all(this.#threads.map(async (thread) => thread?.close()))
  }

  #start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    for (const place of this.#threads.keys()) this.#startThread(place)
  }

  #startThread(place: number): void {
    const { module, onThreadDeath } = this.#options
    this.#threads[place] = new Thread<SearchOrder, SearchReport>({
      module,
      onMessage: (report) => this.#reported(report),
      onDeath: (error) => {
        this.#threads[place] = undefined
        onThreadDeath(error)
        void this.#replace(place)
      },
    })
    this.#tellThread(place)
  }

  async #replace(place: number): Promise<void> {
    const { signal } = this.#life
    const waitMs = this.#waitMs
    this.#waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
    await this.#options.sleep(waitMs, signal)
    if (!signal.aborted) this.#startThread(place)
  }

  #reported({ id, hashes, nonce }: SearchReport): void {
    this.#waitMs = FIRST_WAIT_MS
    this.#options.onHashes(hashes)
    if (nonce !== undefined && id === this.#order.id) this.#onFound(nonce)
  }

  #tell(order: SearchOrder): void {
    this.#order = order
    for (const place of this.#threads.keys()) this.#tellThread(place)
  }

  /** A thread that searches keeps the process alive, one that rests does not. */
  #tellThread(place: number): void {
    const { id, job } = this.#order
    const thread = this.#threads[place]
    thread?.hold(job !== undefined)
    thread?.post({ id, ...(job && { job: { ...job, first: place } }) })
  }
}
