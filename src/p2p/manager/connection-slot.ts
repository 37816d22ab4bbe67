import type { Clock } from '../clock.js'
import type { Peer } from '../peer/peer.js'
import type { ConnectionOutcome, ReconnectSchedule } from './reconnect-schedule.js'

export interface ConnectionSlotOptions {
  readonly clock: Clock
  readonly schedule: ReconnectSchedule
  readonly makePeer: () => Peer
  readonly onReady: (peer: Peer) => void
  /**
   * A connection, or an attempt, has ended. Returns the milliseconds to wait before the next one, of which the schedule
   * suggests `waitMs`; undefined for no more.
   */
  readonly onEnded: (peer: Peer, end: ConnectionEnd) => number | undefined
}

/** How a connection, or an attempt to make one, came to its end. */
export interface ConnectionEnd {
  readonly outcome: ConnectionOutcome
  readonly reason: Error | undefined
  readonly waitMs: number
}

/** Keeps one connection to an address: when it ends, another is made. */
export class ConnectionSlot {
  #peer: Peer | undefined
  #cancelWait: () => void = () => undefined
  #stopped = false

  constructor(private readonly options: ConnectionSlotOptions) {}

  /** The connection of now, whatever state it is in. */
  get peer(): Peer | undefined {
    return this.#peer
  }

  /** Tries after so many milliseconds; at once for 0. */
  start(delayMs: number): void {
    if (delayMs === 0) this.#connect()
    else this.#cancelWait = this.options.clock.after(delayMs, () => this.#connect())
  }

  /** Ends the connection, and makes no other. */
  async stop(reason?: Error): Promise<void> {
    this.#stopped = true
    this.#cancelWait()
    await this.#peer?.close(reason)
  }

  #connect(): void {
    const peer = this.options.makePeer()
    this.#peer = peer
    let wasReady = false
    peer.once('close', (reason) => this.#onClose(peer, wasReady, reason))
    peer.connect().then(
      () => {
        wasReady = true
        this.options.schedule.succeeded()
        if (!peer.closed) this.options.onReady(peer)
      },
      // The event of its end has told why.
      () => undefined,
    )
  }

  #onClose(peer: Peer, wasReady: boolean, reason: Error | undefined): void {
    this.#peer = undefined
    const outcome = wasReady ? 'lost' : peer.opened ? 'handshake_failed' : 'refused'
    const { onEnded, schedule } = this.options
    const waitMs = onEnded(peer, { outcome, reason, waitMs: schedule.next(outcome) })
    if (!this.#stopped && waitMs !== undefined) this.start(waitMs)
  }
}
