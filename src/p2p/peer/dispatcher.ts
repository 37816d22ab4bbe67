/** Something to be told to handlers. */
export type Delivery = () => void | Promise<void>

export interface DispatcherOptions {
  /** So many deliveries may wait before reading has to. */
  readonly maxWaiting: number
  /** So many bytes of payload may wait before reading has to. */
  readonly maxWaitingBytes: number
  /** A delivery failed; those after it are made all the same. */
  readonly onError: (error: unknown) => void
}

interface Waiting {
  readonly deliver: Delivery
  readonly bytes: number
  readonly done: (() => void) | undefined
}

/**
 * Makes deliveries one after another, in the order in which they were given. A handler that takes its time lets some wait;
 * when these are too many, whoever adds more is asked to wait as well.
 */
export class Dispatcher {
  readonly #waiting: Waiting[] = []
  #waitingBytes = 0
  #busy = false
  #onRoom: (() => void)[] = []

  constructor(private readonly options: DispatcherOptions) {}

  /** A handler has not resolved yet. */
  get busy(): boolean {
    return this.#busy
  }

  /** Makes a delivery as soon as those before it are made. Where a promise is returned, nothing should be added before it resolves. */
  add(deliver: Delivery, bytes = 0): void | Promise<void> {
    this.#waiting.push({ deliver, bytes, done: undefined })
    this.#waitingBytes += bytes
    if (!this.#busy) this.#run()
    if (this.#isFull()) return new Promise((resolve) => this.#onRoom.push(resolve))
  }

  /** Makes a delivery in its turn, and resolves when it is made. A failure is passed on to the caller, not reported. */
  async complete(deliver: Delivery): Promise<void> {
    let failure: { error: unknown } | undefined
    await new Promise<void>((resolve) => {
      const guarded = async (): Promise<void> => {
        try {
          await deliver()
        } catch (error) {
          failure = { error }
        }
      }
      this.#waiting.push({ deliver: guarded, bytes: 0, done: resolve })
      if (!this.#busy) this.#run()
    })
    if (failure !== undefined) throw failure.error
  }

  /** What waits is dropped; whoever waits is released. */
  drop(): void {
    for (const { done } of this.#waiting.splice(0)) done?.()
    this.#waitingBytes = 0
    this.#release()
  }

  #isFull(): boolean {
    return this.#waiting.length > this.options.maxWaiting || this.#waitingBytes > this.options.maxWaitingBytes
  }

  #run(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      this.#waitingBytes -= next.bytes
      const pending = this.#start(next)
      if (pending === undefined) continue
      this.#busy = true
      void pending.then(() => {
        this.#busy = false
        this.#run()
      })
      break
    }
    if (!this.#isFull()) this.#release()
  }

  /** Never throws, never rejects. */
  #start({ deliver, done }: Waiting): Promise<void> | undefined {
    try {
      const pending = deliver()
      if (pending !== undefined) return pending.catch(this.options.onError).then(done)
    } catch (error) {
      this.options.onError(error)
    }
    done?.()
  }

  #release(): void {
    for (const resolve of this.#onRoom.splice(0)) resolve()
  }
}
