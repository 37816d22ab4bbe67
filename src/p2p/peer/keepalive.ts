import type { Clock } from '../clock.js'

export interface KeepaliveOptions {
  readonly clock: Clock
  readonly pingIntervalMs: number
  readonly pongTimeoutMs: number
  /** Resolves when the answer is there, however late. */
  readonly ping: () => Promise<unknown>
  /** Milliseconds since 1970 of the last time that the peer was not to blame for its silence; now, if it is not now. */
  readonly lastExcuseAt: () => number
  readonly onTimeout: () => void
}

/** Asks a peer now and then whether it is there. */
export class Keepalive {
  #cancel: () => void = () => undefined
  #stopped = false

  constructor(private readonly options: KeepaliveOptions) {}

  /** Pings at once. */
  start(): void {
    if (this.#stopped) return
    const { clock, ping, pingIntervalMs, pongTimeoutMs } = this.options
    const sentAt = clock.now()
    this.#watch(sentAt, pongTimeoutMs)
    void ping().then(
      () => this.#after(pingIntervalMs, () => this.start()),
      // The connection has ended, and this with it.
      () => this.stop(),
    )
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  /** Gives up when neither the answer nor an excuse came for a whole timeout. */
  #watch(sentAt: number, waitMs: number): void {
    this.#after(waitMs, () => {
      const { clock, lastExcuseAt, pongTimeoutMs, onTimeout } = this.options
      const leftMs = Math.max(sentAt, lastExcuseAt()) + pongTimeoutMs - clock.now()
      if (leftMs > 0) this.#watch(sentAt, leftMs)
      else onTimeout()
    })
  }

  /** There is one timer at most. */
  #after(ms: number, action: () => void): void {
    this.#cancel()
    if (!this.#stopped) this.#cancel = this.options.clock.after(ms, action)
  }
}
