import { availableParallelism } from 'node:os'
import { UsageError } from '../errors.js'
import { HashThread } from './hash-thread.js'
import type { HashOptions, PayloadHasher } from './payload-hasher.js'
import type { ScanOptions } from './tx-scanner.js'
import { ThreadedHasher } from './threaded-hasher.js'

/** How many threads hash. */
export interface HashThreadsOptions {
  /** At most so many. By default as many as the machine has cores, less the one of the caller, but 2 at least. */
  readonly threads?: number
}

/**
 * Threads that hash payloads for whoever asks, shared by all peers. The checksum and the transactions of one payload go to
 * different threads. Threads start when they are needed first.
 */
export class HashThreads {
  readonly #max: number
  readonly #threads = new Set<HashThread>()
  #lastJob = 0
  #isClosed = false

  constructor({ threads = Math.max(2, availableParallelism() - 1) }: HashThreadsOptions = {}) {
    this.#max = threads
  }

  open(scan: ScanOptions, { checksum, merkle }: HashOptions): PayloadHasher {
    if (this.#isClosed) throw new UsageError('the hashing threads are closed')
    const wanted = [
      ...(merkle ? [{ checksum: false, merkle: true }] : []),
      ...(checksum ? [{ checksum: true, merkle: false }] : []),
    ]
    const threads = this.#idlest(wanted.length)
    return new ThreadedHasher(
      scan,
      wanted.map((hash, i) => ({ hash, job: ++this.#lastJob, thread: threads[i % threads.length] as HashThread })),
    )
  }

  /** Ends all threads; payloads in their hands fail. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.#threads].map((thread) => thread.close()))
  }

  /** So many, or all there may be. */
  #idlest(count: number): readonly HashThread[] {
    const idle = [...this.#threads].filter((thread) => thread.jobs === 0).length
    const missing = Math.min(count - idle, this.#max - this.#threads.size)
    for (let i = 0; i < missing; i++) {
      const thread = new HashThread(() => this.#threads.delete(thread))
      this.#threads.add(thread)
    }
    return [...this.#threads].sort((a, b) => a.jobs - b.jobs).slice(0, count)
  }
}
