/** Unique ids of the messages of one sender: its start in milliseconds and a running number. */
export class MessageIds {
  readonly #prefix: string
  #last = 0

  constructor(startMs: number) {
    this.#prefix = `${startMs}-`
  }

  next(): string {
    this.#last += 1
    return `${this.#prefix}${this.#last}`
  }
}
