/** How many connections each address has, so that no one takes them all. */
export class PeerCounts {
  readonly #limit: number
  readonly #counts = new Map<string, number>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What is to be called when the connection is over; undefined: the address has as many as it may. */
  enter(address: string): (() => void) | undefined {
    const count = this.#counts.get(address) ?? 0
    if (count >= this.#limit) return undefined
    this.#counts.set(address, count + 1)
    return () => this.#leave(address)
  }

  #leave(address: string): void {
    const count = (this.#counts.get(address) ?? 1) - 1
    if (count === 0) this.#counts.delete(address)
    else this.#counts.set(address, count)
  }
}
