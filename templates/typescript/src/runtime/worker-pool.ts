import { exceptionOf } from './outcome.js'
import { log } from './log.js'
import { type Finished, type ThreadSettings, WorkerThread } from './worker-thread.js'
import type { Environment, Job } from './worker-messages.js'

/** A job that waited so long shows that one more thread would be of use. */
const GROW_AFTER_MS = 10

interface Waiting {
  readonly job: Job
  readonly resolve: (finished: Finished | undefined) => void
}

export interface PoolSettings extends ThreadSettings {
  /** Most threads at once. They start when they are needed. */
  readonly size: number
}

/** Threads that run the author's function, so that nothing it does holds up the connection. */
export class WorkerPool {
  readonly #settings: PoolSettings
  readonly #threads = new Set<WorkerThread>()
  readonly #idle: WorkerThread[] = []
  readonly #running = new Map<string, WorkerThread>()
  readonly #waiting: Waiting[] = []
  #environment: Environment = { env: {}, secrets: {} }
  #growTimer: NodeJS.Timeout | undefined
  #starting = 0
  #isClosed = false

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /** Starts the first thread. @throws {Error} the author's module cannot be loaded */
  async start(): Promise<void> {
    await this.#grow()
  }

  /** Holds for all jobs that begin from now on. */
  setEnvironment(environment: Environment): void {
    this.#environment = environment
    for (const thread of this.#threads) thread.setEnvironment(environment)
  }

  /** Jobs begin in the order they are given. Resolves always; with undefined when {@link cancel} or {@link close} ended it. */
  run(job: Job): Promise<Finished | undefined> {
    return new Promise((resolve) => {
      this.#waiting.push({ job, resolve })
      this.#dispatch()
    })
  }

  /** Ends the job, waiting or running. */
  cancel(invocationId: string): void {
    const at = this.#waiting.findIndex(({ job }) => job.invocationId === invocationId)
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.resolve(undefined)
    void this.#running.get(invocationId)?.stop()
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#growTimer)
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
    await Promise.all([...this.#threads].map((thread) => thread.stop()))
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop()
      if (thread === undefined) break
      if (!thread.isAlive) continue
      const waiting = this.#waiting.shift()
      if (waiting !== undefined) void this.#runOn(thread, waiting)
    }
    if (this.#waiting.length === 0) {
      clearTimeout(this.#growTimer)
      this.#growTimer = undefined
    } else if (this.#growTimer === undefined && this.#canGrow()) {
      this.#growTimer = setTimeout(() => this.#growToNeed(), GROW_AFTER_MS)
    }
  }

  async #runOn(thread: WorkerThread, { job, resolve }: Waiting): Promise<void> {
    this.#running.set(job.invocationId, thread)
    const finished = await thread.run(job)
    this.#running.delete(job.invocationId)
    if (thread.isAlive) this.#idle.push(thread)
    resolve(finished)
    this.#dispatch()
  }

  #canGrow(): boolean {
    return !this.#isClosed && this.#threads.size < this.#settings.size
  }

  #growToNeed(): void {
    this.#growTimer = undefined
    const missing = this.#waiting.length - this.#starting
    for (let count = 0; count < missing && this.#canGrow(); count++) this.#grow().catch(() => undefined)
  }

  async #grow(): Promise<void> {
    const thread = new WorkerThread(this.#settings)
    this.#threads.add(thread)
    void thread.gone.then(() => this.#forget(thread))
    this.#starting += 1
    try {
      await thread.ready
      thread.setEnvironment(this.#environment)
      this.#idle.push(thread)
    } catch (error) {
      log.error(`src/process.ts cannot be loaded: ${String(error)}`)
      // Otherwise it would wait for ever.
      this.#waiting.shift()?.resolve({ outcome: exceptionOf(error), logs: NO_LOGS })
      throw error
    } finally {
      this.#starting -= 1
      this.#dispatch()
    }
  }

  #forget(thread: WorkerThread): void {
    this.#threads.delete(thread)
    const at = this.#idle.indexOf(thread)
    if (at >= 0) this.#idle.splice(at, 1)
    this.#dispatch()
  }
}

const NO_LOGS = { stdout: '', stderr: '', truncated: false }
