import { exceptionOf } from './outcome.js'
import { log } from './log.js'
import type { Environment, Finished, Job } from './worker-messages.js'
import { type Task, type ThreadSettings, WorkerThread } from './worker-thread.js'

/** How often one looks whether jobs that have not begun stand behind long ones, or need more threads. */
const LOOK_MS = 10

export interface PoolSettings extends ThreadSettings {
  /** Most threads at once. They start when they are needed. */
  readonly size: number
}

/** Threads that run the author's function, so that nothing it does holds up the connection. */
export class WorkerPool {
  readonly #settings: PoolSettings
  readonly #threads = new Set<WorkerThread>()
  /** Jobs that no thread has, in their order. */
  #waiting: Task[] = []
  #environment: Environment = { env: {}, secrets: {} }
  #lastOrder = 0
  #dispatching: NodeJS.Immediate | undefined
  #lookTimer: NodeJS.Timeout | undefined
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

  /** Jobs are given out in their order. Resolves always; with undefined when {@link cancel} or {@link close} ended it. */
  run(job: Job): Promise<Finished | undefined> {
    return new Promise((resolve) => {
      const end = (finished: Finished | undefined): void => {
        resolve(finished)
        if (this.#waiting.length > 0) this.#dispatchSoon()
      }
      this.#waiting.push({ job, order: ++this.#lastOrder, end })
      this.#dispatchSoon()
    })
  }

  /** Ends the job, waiting or running. */
  cancel(invocationId: string): void {
    const thread = [...this.#threads].find((each) => each.has(invocationId))
    this.#takeBack(thread?.takeBack() ?? [])
    const at = this.#waiting.findIndex(({ job }) => job.invocationId === invocationId)
    if (at >= 0) this.#waiting.splice(at, 1)[0]?.end(undefined)
    else void thread?.stop(invocationId)
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearImmediate(this.#dispatching)
    clearTimeout(this.#lookTimer)
    await Promise.all([...this.#threads].map((thread) => thread.stop()))
    for (const { end } of this.#waiting.splice(0)) end(undefined)
  }

  #takeBack(tasks: readonly Task[]): void {
    if (tasks.length === 0) return
    this.#waiting = [...tasks, ...this.#waiting].sort((a, b) => a.order - b.order)
    this.#dispatchSoon()
  }

  /** Once all that came in this turn is there: a thread is woken up once for many jobs. */
  #dispatchSoon(): void {
    if (!this.#isClosed) this.#dispatching ??= setImmediate(() => this.#dispatch())
  }

  #dispatch(): void {
    this.#dispatching = undefined
    const share = Math.ceil(this.#waiting.length / this.#threads.size)
    for (const thread of this.#threads) {
      if (!thread.isFree) continue
      // Quick jobs are done by the first before another has woken up.
      const room = Math.max(share, thread.quickJobs) - thread.ahead
      const tasks = this.#waiting.splice(0, Math.max(0, room))
      if (tasks.length > 0) thread.give(tasks)
    }
    if (this.#needsLook()) this.#lookTimer ??= setTimeout(() => this.#look(), LOOK_MS)
  }

  #needsLook(): boolean {
    if (this.#isClosed) return false
    return (this.#waiting.length > 0 && this.#canGrow()) || this.#notBegun() > this.#waiting.length
  }

  #look(): void {
    this.#lookTimer = undefined
    const threads = [...this.#threads]
    for (const thread of threads) thread.look(threads.length)
    const isOneIdle = threads.some((thread) => thread.isIdle)
    for (const thread of threads)
      if (thread.isLong || (isOneIdle && thread.ahead > thread.quickJobs)) this.#takeBack(thread.takeBack())
    this.#growToNeed()
    this.#dispatch()
  }

  /** Beside every thread that is held up one more is of use; others end their job before a new one has started. */
  #growToNeed(): void {
    const threads = [...this.#threads]
    const heldUp = threads.length === 0 ? 1 : threads.filter((thread) => thread.isHeldUp).length
    const most = Math.min(this.#notBegun() - this.#starting, heldUp)
    for (let count = 0; count < most && this.#canGrow(); count++) this.#grow().catch(() => undefined)
  }

  #notBegun(): number {
    return [...this.#threads].reduce((sum, { ahead }) => sum + ahead, this.#waiting.length)
  }

  #canGrow(): boolean {
    return !this.#isClosed && this.#threads.size < this.#settings.size
  }

  async #grow(): Promise<void> {
    const thread = new WorkerThread(this.#settings, (tasks) => this.#takeBack(tasks))
    this.#threads.add(thread)
    void thread.gone.then(() => {
      this.#threads.delete(thread)
      this.#dispatchSoon()
    })
    this.#starting += 1
    try {
      await thread.ready
      thread.setEnvironment(this.#environment)
    } catch (error) {
      log.error(`src/process.ts cannot be loaded: ${String(error)}`)
      // Otherwise it would wait for ever.
      this.#waiting.shift()?.end({ outcome: exceptionOf(error), logs: NO_LOGS })
      throw error
    } finally {
      this.#starting -= 1
      this.#dispatchSoon()
    }
  }
}

const NO_LOGS = { stdout: '', stderr: '', truncated: false }
