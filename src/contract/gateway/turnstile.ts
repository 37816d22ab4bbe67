import { status } from '@grpc/grpc-js'
import { RpcError } from './rpc-error.js'

/** Lets so many in at once, and turns the others away. */
export class Turnstile {
  readonly #limit: number
  #inside = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** @throws {RpcError} RESOURCE_EXHAUSTED */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= this.#limit)
      throw new RpcError(
        status.RESOURCE_EXHAUSTED,
        `too many requests for /gateway.Gateway, exceeding concurrency limit (${this.#limit})`,
      )
    this.#inside += 1
    try {
      return await work()
    } finally {
      this.#inside -= 1
    }
  }
}
