/**
 * The items of a list that a method answers with, one after the other, for lists too long to hold. It can be walked once.
 * A door sends the items as they come, and asks for the next only when the caller has taken the last.
 */
export class ItemStream<T> implements AsyncIterable<T> {
  readonly #items: AsyncIterable<T>

  constructor(items: AsyncIterable<T>) {
    this.#items = items
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return this.#items[Symbol.asyncIterator]()
  }

  /** All items at once, for callers inside the process that want the list after all. */
  async collect(): Promise<T[]> {
    const items: T[] = []
    for await (const item of this) items.push(item)
    return items
  }
}
