/**
 * Hands items to one consumer that asks for them one by one. Whoever adds waits while too many are unread, so that a slow
 * consumer slows the source down instead of filling the memory.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  readonly #items: T[] = []
  #ended: { error: Error | undefined } | undefined
  #onItem: (() => void) | undefined
  #onRoom: (() => void)[] = []

  /** `onReturn` is called once when the consumer leaves or the queue ends. */
  constructor(
    private readonly capacity: number,
    private readonly onReturn: () => void = () => undefined,
  ) {}

  /** The consumer has not asked for what is there: the next move is not up to the source. */
  get isFull(): boolean {
    return this.#items.length >= this.capacity
  }

  /** Adds an item; where a promise is returned, the next should wait for it. */
  add(item: T): void | Promise<void> {
    if (this.#ended) return
    this.#items.push(item)
    this.#wake()
    if (this.isFull) return new Promise((resolve) => this.#onRoom.push(resolve))
  }

  /** Adds an item and resolves when the consumer is done with it: it has asked for the next one, or left. */
  async lend(item: T): Promise<void> {
    if (this.#ended) return
    this.#items.push(item)
    this.#wake()
    while (this.#isInUse()) await new Promise<void>((resolve) => this.#onRoom.push(resolve))
  }

  /** No more items; those unread can still be read, then comes the error, if there is one. */
  end(error?: Error): void {
    if (this.#ended) return
    this.#ended = { error }
    this.#wake()
    this.#release()
    this.onReturn()
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    while (this.#items.length === 0) {
      if (this.#ended) return this.#finish(this.#ended)
      await new Promise<void>((resolve) => {
        this.#onItem = resolve
        this.#release()
      })
    }
    const value = this.#items.shift() as T
    if (!this.isFull) this.#release()
    return { value, done: false }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.#items.length = 0
    this.end()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The last item was not taken, or its taker is not done with it. */
  #isInUse(): boolean {
    return this.#ended === undefined && (this.#items.length > 0 || this.#onItem === undefined)
  }

  /** The error is told once. */
  #finish(ended: { error: Error | undefined }): IteratorResult<T, undefined> {
    const { error } = ended
    ended.error = undefined
    if (error !== undefined) throw error
    return { value: undefined, done: true }
  }

  #wake(): void {
    const resolve = this.#onItem
    this.#onItem = undefined
    resolve?.()
  }

  #release(): void {
    for (const resolve of this.#onRoom.splice(0)) resolve()
  }
}
