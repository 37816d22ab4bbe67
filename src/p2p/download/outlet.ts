export interface OutletOptions<Block> {
  /** In the order of indexes, without gaps from 0; else in the order of `put`. */
  readonly ordered: boolean
  readonly deliver: (index: number, block: Block) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** Lets blocks out one at a time. */
export class Outlet<Block> {
  readonly #options: OutletOptions<Block>
  readonly #waiting = new Map<number, Block>()
  #next = 0
  #work: Promise<void> | undefined

  constructor(options: OutletOptions<Block>) {
    this.#options = options
  }

  put(index: number, block: Block): void {
    this.#waiting.set(index, block)
    if (this.#work === undefined && this.#first() !== undefined) this.#work = this.#letOut()
  }

  /** When nothing is being delivered. */
  async idle(): Promise<void> {
    await this.#work
  }

  async #letOut(): Promise<void> {
    try {
      for (let index = this.#first(); index !== undefined; index = this.#first()) {
        const block = this.#waiting.get(index) as Block
        this.#waiting.delete(index)
        this.#next++
        await this.#options.deliver(index, block)
      }
    } catch (error) {
      this.#options.onError(error)
    }
    this.#work = undefined
  }

  #first(): number | undefined {
    if (this.#options.ordered) return this.#waiting.has(this.#next) ? this.#next : undefined
    return this.#waiting.keys().next().value
  }
}
