import { availableParallelism } from 'node:os'
import { assert } from '../base/errors.js'
import type { HeaderFields } from '../ledger/block.js'
import { compactToTarget, workOfTarget } from '../ledger/difficulty.js'
import { encodeHeader } from '../ledger/header.js'
import { workerModule } from '../threads/worker-module.js'
import type { Sleep } from '../time/sleep.js'
import { HashMeter } from './hash-meter.js'
import { searchHere } from './search-here.js'
import { SearchThreads } from './search-threads.js'

export interface NonceFinderOptions {
  /** Worker threads for what is not found at once; 0: one less than there are cores, at least one. */
  readonly threads: number
  readonly now: () => number
  readonly sleep: Sleep
  readonly onThreadDeath: (error: Error) => void
  /** The module that threads run; as built by default. */
  readonly module?: URL | undefined
}

/** Hashes that this thread may well do itself, in slices: fewer than a dozen slices on average. */
const EASY_HASHES = 2n ** 15n

/** Finds nonces at the difficulty that headers name: easy ones on this thread, others on worker threads. */
export class NonceFinder {
  readonly threads: number
  readonly #meter: HashMeter
  readonly #searchers: SearchThreads | undefined

  constructor({ threads, now, sleep, onThreadDeath, module }: NonceFinderOptions) {
    this.threads = threads > 0 ? threads : Math.max(1, availableParallelism() - 1)
    this.#meter = new HashMeter(now)
    const onHashes = (count: number): void => this.#meter.add(count)
    const url = module ?? workerModule(import.meta.url, 'search-worker.js')
    this.#searchers =
      url && new SearchThreads({ count: this.threads, module: url, onHashes, onThreadDeath, sleep })
  }

  /** 16 hex digits with which the header meets its target. Undefined once the signal aborts. One search at a time. */
  find(header: HeaderFields, signal: AbortSignal): Promise<string | undefined> {
    const target = compactToTarget(header.bits)
    assert(target !== undefined, 'a header to mine has canonical bits')
    const job = { header: encodeHeader(header), target: target.toString(16).padStart(64, '0') }
    if (this.#searchers && workOfTarget(target) > EASY_HASHES) return this.#searchers.find(job, signal)
    return searchHere({ ...job, first: 0, step: 1 }, signal, (count) => this.#meter.add(count))
  }

  /** Over the last ten seconds. */
  hashesPerSecond(): number {
    return this.#meter.perSecond()
  }

  /** Ends the threads. A search that runs must be aborted by its caller. */
  close(): Promise<void> {
    return this.#searchers?.close() ?? Promise.resolve()
  }
}
