import { type Transferable, Worker } from 'node:worker_threads'

export interface ThreadOptions<Out> {
  readonly module: URL
  readonly onMessage: (message: Out) => void
  /** Comes once, when the thread ended other than by {@link Thread.close}. Nothing it was given is done any more. */
  readonly onDeath: (error: Error) => void
}

/** A worker thread. It keeps the process alive only while it is {@link Thread.hold held}. */
export class Thread<In, Out> {
  readonly #worker: Worker
  #isOver = false

  constructor({ module, onMessage, onDeath }: ThreadOptions<Out>) {
    this.#worker = new Worker(module)
    this.#worker.unref()
    const die = (error: Error): void => {
      if (this.#isOver) return
      void this.close()
      onDeath(error)
    }
    this.#worker.on('message', onMessage)
    this.#worker.on('messageerror', die)
    this.#worker.on('error', die)
    this.#worker.on('exit', (code) => die(new Error(`a worker thread ended with code ${code}`)))
  }

  post(message: In, transfer: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  /** Whether what the thread does is worth keeping the process alive for. */
  hold(isBusy: boolean): void {
    if (isBusy) this.#worker.ref()
    else this.#worker.unref()
  }

  /** Ends the thread, whatever it does. Resolves when it is gone. */
  async close(): Promise<void> {
    this.#isOver = true
    await this.#worker.terminate()
  }
}
