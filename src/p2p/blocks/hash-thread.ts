import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { UsageError } from '../errors.js'
import type { Digests, HashOptions } from './payload-hasher.js'
import type { ScanOptions } from './tx-scanner.js'

export interface OpenJob {
  readonly type: 'open'
  readonly job: number
  readonly scan: ScanOptions
  readonly hash: HashOptions
}

/** The next bytes of a payload: the memory belongs to whoever has the message. */
export interface Slab {
  readonly memory: ArrayBuffer
  /** Of what is in it, in bytes. */
  readonly length: number
}

export type ToThread =
  | OpenJob
  | ({ readonly type: 'slab'; readonly job: number } & Slab)
  | { readonly type: 'finish' | 'drop'; readonly job: number }

export type FromThread =
  | ({ readonly type: 'taken'; readonly job: number } & Slab)
  | { readonly type: 'done'; readonly job: number; readonly digests: Digests }
  | { readonly type: 'failed'; readonly job: number; readonly reason: string }

const WORKER_PATH = 'p2p/blocks/hash-worker.js'

/** What a thread makes is short-lived and small; more room would only be filled with garbage. */
const YOUNG_MIB = 1

/** Who waits for what a thread does. */
export interface JobListener {
  /** It comes back when it is hashed. */
  onTaken(slab: Slab): void
  onDone(digests: Digests): void
  onFailed(error: Error): void
}

/** One thread, hashing any number of payloads by turns. It keeps the process alive only while it has some. */
export class HashThread {
  readonly #worker: Worker
  readonly #listeners = new Map<number, JobListener>()
  readonly #onDeath: () => void
  #isOver = false

  constructor(onDeath: () => void) {
    this.#onDeath = onDeath
    this.#worker = new Worker(workerModule(), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB } })
    this.#worker.unref()
    this.#worker.on('message', (message: FromThread) => this.#hear(message))
    this.#worker.on('error', (error: Error) => this.#die(error))
    this.#worker.on('exit', (code) => this.#die(new Error(`a hashing thread ended with code ${code}`)))
  }

  /** Payloads that it is given at the moment. */
  get jobs(): number {
    return this.#listeners.size
  }

  open(job: OpenJob, listener: JobListener): void {
    this.#listeners.set(job.job, listener)
    this.#worker.ref()
    this.post(job)
  }

  /** A slab is gone then, until it comes back. */
  post(message: ToThread): void {
    this.#worker.postMessage(message, message.type === 'slab' ? [message.memory] : [])
    if (message.type === 'drop') this.#forget(message.job)
  }

  /** Ends the thread, whatever it does: its payloads fail. */
  async close(): Promise<void> {
    this.#die(new Error('the hashing threads were closed'))
    await this.#worker.terminate()
  }

  #hear(message: FromThread): void {
    const listener = this.#listeners.get(message.job)
    if (message.type === 'taken') {
      listener?.onTaken(message)
      return
    }
    this.#forget(message.job)
    if (message.type === 'done') listener?.onDone(message.digests)
    else listener?.onFailed(new Error(`a hashing thread failed: ${message.reason}`))
  }

  #forget(job: number): void {
    this.#listeners.delete(job)
    if (this.#listeners.size === 0) this.#worker.unref()
  }

  #die(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    const listeners = [...this.#listeners.values()]
    this.#listeners.clear()
    for (const listener of listeners) listener.onFailed(error)
    this.#onDeath()
  }
}

/** Threads cannot run TypeScript, and programs may be bundled: the module is looked for in every folder above this one. */
function workerModule(): URL {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    const found = [WORKER_PATH, `dist/${WORKER_PATH}`]
      .map((path) => new URL(path, folder))
      .find((url) => existsSync(fileURLToPath(url)))
    if (found) return found
    if (folder.pathname === new URL('..', folder).pathname)
      throw new UsageError(`${WORKER_PATH} is missing: build the package first`)
  }
}
