import { Worker } from 'node:worker_threads'
import { LogBuffer } from './log-buffer.js'
import type { LogChunk } from './frames.js'
import { exceptionOf, failure, type Outcome } from './outcome.js'
import type { Environment, FromWorker, Job, ToWorker, WorkerSetup } from './worker-messages.js'

export interface ThreadSettings {
  /** URL of the module with the author's function. */
  readonly processModule: string
  readonly memoryMb: number
  /** 0: no end. */
  readonly timeoutMs: number
  readonly logLimitBytes: number
}

/** What came of a job: its outcome and what it printed. */
export interface Finished {
  readonly outcome: Outcome
  readonly logs: LogChunk
}

interface Running {
  readonly job: Job
  readonly timer: NodeJS.Timeout | undefined
  readonly resolve: (finished: Finished | undefined) => void
}

/** A thread with the author's function. One that crashed, ran out of memory or was stopped is gone for good. */
export class WorkerThread {
  /** Resolves when it can be given jobs. @throws {Error} the author's module cannot be loaded */
  readonly ready: Promise<void>
  /** Resolves when it is gone. */
  readonly gone: Promise<void>
  readonly #worker: Worker
  readonly #logs: LogBuffer
  readonly #timeoutMs: number
  #running: Running | undefined
  #error: unknown
  #isAlive = true

  constructor(settings: ThreadSettings) {
    this.#logs = new LogBuffer(settings.logLimitBytes)
    this.#timeoutMs = settings.timeoutMs
    const { processModule, logLimitBytes } = settings
    const setup: WorkerSetup = { processModule, logLimitBytes, logs: this.#logs.shared }
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), {
      workerData: setup,
      env: environmentForAuthors(),
      resourceLimits: { maxOldGenerationSizeMb: settings.memoryMb },
    })
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

  /** False: it is given no more jobs. */
  get isAlive(): boolean {
    return this.#isAlive
  }

  setEnvironment(environment: Environment): void {
    this.#post({ type: 'environment', ...environment })
  }

  /** One job at a time. Resolves always; with undefined when {@link stop} ended it. */
  run(job: Job): Promise<Finished | undefined> {
    return new Promise((resolve) => {
      const timer = this.#timeoutMs > 0 ? setTimeout(() => this.#timeOut(), this.#timeoutMs) : undefined
      this.#running = { job, timer, resolve }
      this.#post({ type: 'job', ...job })
    })
  }

  /** Ends the thread whatever it does. */
  async stop(): Promise<void> {
    this.#isAlive = false
    this.#take()?.resolve(undefined)
    await this.#worker.terminate()
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        if (message.type === 'ready') resolve()
        else this.#take()?.resolve({ outcome: message.outcome, logs: this.#logs.read() })
      })
      this.#worker.once('exit', () => reject(this.#error ?? new Error('it ended its own thread')))
    })
  }

  #timeOut(): void {
    this.#isAlive = false
    const running = this.#take()
    // Only once the thread stands still is all it printed there.
    void this.#worker.terminate().then(() => {
      const text = `no result within ${this.#timeoutMs / 1000} s`
      running?.resolve({ outcome: failure('TIMEOUT', text, true), logs: this.#logs.read() })
    })
  }

  #die(code: number): void {
    this.#isAlive = false
    const outcome =
      this.#error === undefined
        ? failure('EXCEPTION', `it ended its own thread with code ${code}`, true)
        : exceptionOf(this.#error)
    this.#take()?.resolve({ outcome, logs: this.#logs.read() })
  }

  #take(): Running | undefined {
    const running = this.#running
    this.#running = undefined
    clearTimeout(running?.timer)
    return running
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }
}

/** The process's own, without what configures the client: the key is none of the author's code. */
function environmentForAuthors(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('REMOTE_SC_')))
}
