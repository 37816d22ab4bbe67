import type { BusError } from '../bus-error.js'
import type { Clock } from '../../time/clock.js'
import type { MethodCall } from '../wire/message.js'
import type { Connection } from './connection.js'
import type { Update } from './pending-messages.js'
import { subscribe, type SubscribeOptions, type Subscription } from './request.js'

export interface LinkListener {
  readonly onUpdate: (update: Update) => void
  /** No more updates. */
  readonly onEnd: (error: BusError) => void
}

/** After a manager has started anew, the module that answers may come later than we do. */
const PASSING = new Set(['METHOD_NOT_FOUND', 'METHOD_UNAVAILABLE', 'TIMEOUT'])

const FIRST_PAUSE_MS = 100
const MAX_PAUSE_MS = 5_000

/** A subscription that goes on over the connections of a link. */
export class LinkSubscription {
  readonly #calls: readonly MethodCall[]
  readonly #options: SubscribeOptions
  readonly #listener: LinkListener
  readonly #clock: Clock
  #stopTimer: () => void = () => undefined
  #hasWorked = false
  /** The connection was another when the last update came. */
  #isNew = false
  #pauseMs = FIRST_PAUSE_MS
  #current: Subscription | undefined
  #lastEvent: string | undefined
  #isOver = false

  constructor(calls: readonly MethodCall[], options: SubscribeOptions, listener: LinkListener, clock: Clock) {
    this.#clock = clock
    this.#calls = calls
    this.#options = options
    this.#listener = listener
    this.#lastEvent = options.lastEvent
  }

  connected(connection: Connection): void {
    if (this.#isOver) return
    this.#stopTimer()
    this.#isNew = this.#hasWorked
    const lastEvent = this.#lastEvent
    const options = { ...this.#options, ...(lastEvent === undefined ? {} : { lastEvent }) }
    this.#current = subscribe(connection, this.#calls, options, {
      onUpdate: (update) => this.#updated(update),
      onFailure: (error) => this.#failed(error),
    })
    this.#current.first.catch((error: unknown) => this.#refused(error as BusError, connection))
  }

  cancel(): void {
    this.#isOver = true
    this.#stopTimer()
    this.#current?.cancel()
  }

  end(error: BusError): void {
    if (this.#isOver) return
    this.cancel()
    this.#listener.onEnd(error)
  }

  #updated(update: Update): void {
    if (this.#isOver) return
    this.#hasWorked = true
    this.#pauseMs = FIRST_PAUSE_MS
    this.#lastEvent = update.event ?? this.#lastEvent
    // A side that does not name its events cannot say what came in between.
    const isBreak = this.#isNew && update.event === undefined
    this.#isNew = false
    this.#listener.onUpdate(isBreak ? { ...update, missedEvents: true } : update)
  }

  /** The first answer was a failure. */
  #refused(error: BusError, connection: Connection): void {
    if (!this.#hasWorked || !PASSING.has(error.code)) {
      this.#failed(error)
      return
    }
    this.#stopTimer = this.#clock.after(this.#pauseMs, () => {
      if (connection.isActive) this.connected(connection)
    })
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2)
  }

  /** A lost connection comes back, and takes us along. */
  #failed(error: BusError): void {
    if (error.code !== 'DISCONNECTED') this.end(error)
  }
}
