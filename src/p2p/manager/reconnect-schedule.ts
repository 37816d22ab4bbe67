/** How the last attempt or connection ended: nobody listens there, the handshake failed, or a good connection was lost. */
export type ConnectionOutcome = 'refused' | 'handshake_failed' | 'lost'

/** Seconds to wait before the next attempts. */
export const RECONNECT_SECONDS: readonly number[] = [5, 30, 90, 180, 600]
/** The share of a wait that chance adds or takes away, so that not all reconnect at once. */
const JITTER = 0.2

/** When to try an address again. One belongs to each connection that is kept. */
export class ReconnectSchedule {
  #step = 0

  /** `steps` in seconds, at least one; `random` gives 0 to 1. */
  constructor(
    private readonly steps: readonly number[] = RECONNECT_SECONDS,
    private readonly random: () => number = Math.random,
  ) {}

  /** The handshake succeeded: earlier failures are forgotten. */
  succeeded(): void {
    this.#step = 0
  }

  /** Milliseconds to wait now. */
  next(outcome: ConnectionOutcome): number {
    if (outcome === 'refused') this.#step = this.steps.length - 1
    else if (outcome === 'lost') this.#step = 0
    else this.#step = Math.min(this.#step + 1, this.steps.length - 1)
    const seconds = this.steps[this.#step] ?? 0
    return Math.round(seconds * 1000 * (1 + JITTER * (2 * this.random() - 1)))
  }
}
