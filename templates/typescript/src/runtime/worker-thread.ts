import type { EventLoopUtilization } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { Claims } from './claims.js'
import { LogBuffer } from './log-buffer.js'
import { exceptionOf, failure, type Outcome } from './outcome.js'
import type { Environment, Finished, FromWorker, Job, ToWorker, WorkerSetup } from './worker-messages.js'

export interface ThreadSettings {
  /** URL of the module with the author's function. */
  readonly processModule: string
  readonly memoryMb: number
  /** 0: no end. */
  readonly timeoutMs: number
  readonly logLimitBytes: number
}

/** A job, and who waits for it. */
export interface Task {
  readonly job: Job
  /** Its place among all jobs. */
  readonly order: number
  /** Called once; with undefined when the job was ended from outside. */
  readonly end: (finished: Finished | undefined) => void
}

/** Jobs that last longer hold up their thread, whatever they do. */
const LONG_MS = 50
/** So much work a thread may have ahead before another one is woken up for it. */
const AHEAD_MS = 2
/** The weight of a job in what is typical. */
const WEIGHT = 1 / 8

interface Given {
  readonly number: bigint
  readonly task: Task
}

/** Why the thread is ended: the job that is to go, and what comes of it. */
interface Sentence {
  readonly invocationId: string | undefined
  readonly outcome: Outcome | undefined
}

/**
 * A thread with the author's function. It is given jobs ahead, so that it need not wait for the next, and does one after
 * the other. One that crashed, ran out of memory or was stopped is gone for good.
 */
export class WorkerThread {
  /** Resolves when it can be given jobs. @throws {Error} the author's module cannot be loaded */
  readonly ready: Promise<void>
  /** Resolves when it is gone. */
  readonly gone: Promise<void>
  readonly #worker: Worker
  readonly #logs: LogBuffer
  readonly #claims = new Claims()
  readonly #timeoutMs: number
  readonly #giveBack: (tasks: readonly Task[]) => void
  /** In their order: the first one is running, or begins next. */
  readonly #given: Given[] = []
  #lastNumber = 0n
  /** When the first of its jobs became the first. */
  #sinceMs = 0
  #timer: NodeJS.Timeout | undefined
  /** The first of its jobs when one looked last. */
  #seen: { readonly first: Given | undefined; readonly isRunning: boolean } | undefined
  /** How long its jobs take. */
  #typicalMs = AHEAD_MS
  #isLong = false
  #isHeldUp = false
  #isReady = false
  #isAlive = true
  #sentence: Sentence | undefined
  #error: unknown
  #lastUse: EventLoopUtilization

  /** `giveBack` is called with the jobs that it had not begun when it went. */
  constructor(settings: ThreadSettings, giveBack: (tasks: readonly Task[]) => void) {
    this.#logs = new LogBuffer(settings.logLimitBytes)
    this.#timeoutMs = settings.timeoutMs
    this.#giveBack = giveBack
    const { processModule, logLimitBytes } = settings
    const shared = { logs: this.#logs.shared, claims: this.#claims.shared }
    const setup: WorkerSetup = { processModule, logLimitBytes, ...shared }
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: setup,
      env: environmentForAuthors(),
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
    })
    this.#lastUse = this.#worker.performance.eventLoopUtilization()
    this.#worker.on('error', (error) => {
      this.#isAlive = false
      this.#error = error
    })
    this.gone = new Promise((resolve) =>
      this.#worker.once('exit', (code) => {
        this.#die(code)
        resolve()
      }),
    )
    this.ready = this.#listen()
    this.ready.catch(() => undefined)
  }

  /** Whether a job that it is given now begins soon. */
  get isFree(): boolean {
    return this.#isReady && this.#isAlive && !this.#isLong
  }

  /** Jobs that it has not begun. */
  get ahead(): number {
    return this.#given.length - (this.#running === undefined ? 0 : 1)
  }

  /** So many jobs ahead, of the kind that it had, take no time worth speaking of. */
  get quickJobs(): number {
    return Math.floor(AHEAD_MS / this.#typicalMs)
  }

  get isIdle(): boolean {
    return this.isFree && this.#given.length === 0
  }

  /** Whether its job is a long one, behind which none should wait. */
  get isLong(): boolean {
    return this.#isLong
  }

  /** Whether, when one looked last, another thread would have helped: its job is very long, or mostly waits. */
  get isHeldUp(): boolean {
    return this.#isHeldUp
  }

  has(invocationId: string): boolean {
    return this.#given.some(({ task }) => task.job.invocationId === invocationId)
  }

  setEnvironment(environment: Environment): void {
    this.#post({ type: 'environment', ...environment })
  }

  /** They begin in their order, after those it has. */
  give(tasks: readonly Task[]): void {
    if (this.#given.length === 0) this.#sinceMs = performance.now()
    const first = this.#lastNumber + 1n
    for (const task of tasks) this.#given.push({ number: ++this.#lastNumber, task })
    this.#post({ type: 'jobs', first, jobs: tasks.map(({ job }) => job) })
    this.#watch()
  }

  /** The jobs that it has not begun; it will not. */
  takeBack(): Task[] {
    const begun = this.#claims.takeBack(this.#lastNumber)
    const at = this.#given.findIndex(({ number }) => number > begun)
    // It was at something that nobody gave it: it is free when it says so.
    if (at === 0) this.#isLong = true
    return at < 0 ? [] : this.#given.splice(at).map(({ task }) => task)
  }

  /**
   * To be called every few ms while jobs wait: a job that is the same at two calls is no quick one. Where so many threads share
   * the processor, one must wait longer before it can be told that a job is very long.
   */
  look(threads: number): void {
    const seen = this.#seen
    const [first] = this.#given
    const sinceMs = performance.now() - this.#sinceMs
    const isRunning = this.#running !== undefined
    const isSame = first !== undefined && first === seen?.first
    const isWaiting = isSame && seen?.isRunning === true && this.#use() < 0.5
    if (isSame) this.#typicalMs = Math.max(this.#typicalMs, sinceMs)
    if (first !== undefined) this.#isLong = isSame && isRunning
    this.#isHeldUp = isWaiting || ((isSame || this.#isLong) && sinceMs >= LONG_MS * threads)
    this.#seen = { first, isRunning }
    if (isRunning) this.#lastUse = this.#worker.performance.eventLoopUtilization()
  }

  /** Ends the thread whatever it does. The invocation named, if it runs, ends with it; others are given back. */
  async stop(invocationId?: string): Promise<void> {
    await this.#kill({ invocationId, outcome: undefined })
  }

  get #running(): Given | undefined {
    const [first] = this.#given
    return first !== undefined && this.#claims.hasBegun(first.number) ? first : undefined
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        this.#isLong = false
        if (message.type === 'done') {
          this.#typicalMs += (performance.now() - this.#sinceMs - this.#typicalMs) * WEIGHT
          this.#next()?.end(message)
        } else {
          this.#isReady = true
          resolve()
        }
      })
      this.#worker.once('exit', () => reject(this.#error ?? new Error('it ended its own thread')))
    })
  }

  /** The first job is done with. */
  #next(): Task | undefined {
    this.#sinceMs = performance.now()
    return this.#given.shift()?.task
  }

  /** One timer does for all jobs: when it ends, the job that is first by then is looked at. */
  #watch(): void {
    if (this.#timeoutMs === 0 || this.#timer !== undefined) return
    const leftMs = this.#sinceMs + this.#timeoutMs - performance.now()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#given.length === 0 && !this.#isLong) return
      if (performance.now() < this.#sinceMs + this.#timeoutMs) this.#watch()
      else this.#timeOut()
    }, leftMs)
  }

  #timeOut(): void {
    const text = `no result within ${this.#timeoutMs / 1000} s`
    const invocationId = this.#running?.task.job.invocationId
    void this.#kill({ invocationId, outcome: failure('TIMEOUT', text, true) })
  }

  async #kill(sentence: Sentence): Promise<void> {
    this.#isAlive = false
    this.#sentence ??= sentence
    this.#giveBack(this.takeBack())
    await this.#worker.terminate()
  }

  /** It stands still: all it printed and all it had done is here. */
  #die(code: number): void {
    this.#isAlive = false
    clearTimeout(this.#timer)
    const hasBegunNone = !this.#claims.hasBegun(1n)
    const left = this.takeBack()
    const running = this.#next()
    // One that ends before its first job would end so with every job.
    const victim = this.#sentence === undefined && hasBegunNone ? left.shift() : this.#victim(running)
    if (running !== undefined && running !== victim) left.unshift(running)
    this.#giveBack(left)
    const outcome = this.#sentence === undefined ? this.#causeOfDeath(code) : this.#sentence.outcome
    victim?.end(outcome && { outcome, logs: this.#logs.read() })
  }

  /** The running job, unless another was meant, which ended in the last moment. */
  #victim(running: Task | undefined): Task | undefined {
    const isOther = this.#sentence !== undefined && running?.job.invocationId !== this.#sentence.invocationId
    return isOther ? undefined : running
  }

  #causeOfDeath(code: number): Outcome {
    if (this.#error !== undefined) return exceptionOf(this.#error)
    return failure('EXCEPTION', `it ended its own thread with code ${code}`, true)
  }

  /** Which share of the time since {@link look} the thread used the processor. */
  #use(): number {
    return this.#worker.performance.eventLoopUtilization(this.#lastUse).utilization
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }
}

/** The process's own, without what configures the client: the key is none of the author's code. */
function environmentForAuthors(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REMOTE_SC_')))
}
