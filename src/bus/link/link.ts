import { messageOf } from '../../base/errors.js'
import { BusError, busError } from '../bus-error.js'
import type { Clock } from '../../time/clock.js'
import type { Limits } from '../limits.js'
import type { Log } from '../log.js'
import type { MethodCall, NegotiateConnectionResponse } from '../wire/message.js'
import { Connection } from './connection.js'
import type { Answerer, Identity } from './connection-options.js'
import { dial } from './dial.js'
import { LinkSubscription, type LinkListener } from './link-subscription.js'
import { type CallOptions, request, type SubscribeOptions } from './request.js'
import type { Results } from './result-collector.js'

export interface LinkOptions {
  /** Such as `ws://127.0.0.1:50000`. */
  readonly url: string
  readonly identity: Identity
  /** Sent with the opening of each connection, such as authorization. */
  readonly headers?: Readonly<Record<string, string>>
  readonly answerer: (connection: Connection) => Answerer
  readonly limits: Limits
  readonly clock: Clock
  /** A number in [0, 1). */
  readonly random: () => number
  readonly log: Log
  /** Every answer to a negotiation, good or bad. */
  readonly onNegotiated?: (response: NegotiateConnectionResponse) => void
  /** Connected; calls wait until it resolves. Rejecting with a `lasting` error ends the link, with another starts anew. */
  readonly onUp?: (connection: Connection) => Promise<void>
  /** The other side could not be reached several times in a row; told once until it is reached again. */
  readonly onUnreachable?: () => void
  /** Pause between refused negotiations. */
  readonly negotiationPauseMs?: number
  /** Longest pause between tries to connect. */
  readonly maxPauseMs?: number
}

/** A refused negotiation is tried again so many times. */
const MORE_NEGOTIATIONS = 2
const NEGOTIATION_PAUSE_MS = 10_000

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 15_000

/** So many tries in vain are worth telling. */
const MANY_TRIES = 3

/** Trying again would change nothing. */
const LASTING = new Set(['METHOD_EXISTS', 'UNAUTHORIZED', 'BAD_MESSAGE', 'NEGOTIATION_FAILED'])

/** A connection that comes back: dials again when it is lost, and takes its subscriptions along. */
export class Link {
  readonly #options: LinkOptions
  readonly #subscriptions = new Set<LinkSubscription>()
  readonly #waiting = new Set<(outcome: Connection | BusError) => void>()
  readonly #over = new AbortController()
  #connection: Connection | undefined
  #end: BusError | undefined
  #wake: () => void = () => undefined
  #finished: Promise<void> | undefined
  #current: Connection | undefined

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get isUp(): boolean {
    return this.#connection?.isActive === true
  }

  /** Why the link ended for good; undefined while it tries. */
  get failure(): BusError | undefined {
    return this.#end
  }

  /** Starts dialling. Resolves when it is up. @throws {BusError} when it ended for good before */
  async start(): Promise<void> {
    this.#finished ??= this.#run()
    await this.connection(Infinity)
  }

  /** Ends it: calls under way fail, subscriptions end. */
  async close(): Promise<void> {
    this.#fail(busError('ABORTED', 'the link was closed'))
    this.#current?.close()
    await this.#finished
  }

  /** The connection, once there is one. @throws {BusError} TIMEOUT, ABORTED, or why the link ended */
  connection(timeoutMs: number, signal?: AbortSignal): Promise<Connection> {
    if (this.#connection?.isActive) return Promise.resolve(this.#connection)
    if (this.#end) return Promise.reject(this.#end)
    return new Promise((resolve, reject) => {
      const settle = (outcome: Connection | BusError): void => {
        stopTimer()
        this.#waiting.delete(settle)
        signal?.removeEventListener('abort', abort)
        if (outcome instanceof BusError) reject(outcome)
        else resolve(outcome)
      }
      const abort = (): void => settle(busError('ABORTED'))
      const late = (): void => settle(busError('TIMEOUT', `no connection to ${this.#options.url}`))
      const stopTimer = timeoutMs === Infinity ? () => undefined : this.#options.clock.after(timeoutMs, late)
      this.#waiting.add(settle)
      signal?.addEventListener('abort', abort, { once: true })
      if (signal?.aborted) abort()
    })
  }

  /**
   * Runs methods at the other side; waits for the connection where there is none, but never sends twice.
   * @throws {BusError}
   */
  async request(calls: readonly MethodCall[], options: CallOptions = {}): Promise<Results> {
    const { clock, limits } = this.#options
    const timeoutMs = options.timeoutMs ?? limits.requestTimeoutMs
    const startMs = clock.now()
    const connection = await this.connection(timeoutMs, options.signal)
    const leftMs = Math.max(1, timeoutMs - (clock.now() - startMs))
    return request(connection, calls, { ...options, timeoutMs: leftMs })
  }

  /** Subscribes now and after every reconnect, from the last event seen where the other side names events. */
  subscribe(
    calls: readonly MethodCall[],
    options: SubscribeOptions,
    listener: LinkListener,
  ): { cancel: () => void } {
    const onEnd = (error: BusError): void => {
      this.#subscriptions.delete(subscription)
      listener.onEnd(error)
    }
    const { clock } = this.#options
    const subscription = new LinkSubscription(calls, options, { ...listener, onEnd }, clock)
    this.#subscriptions.add(subscription)
    if (this.#end) subscription.end(this.#end)
    else if (this.#connection?.isActive) subscription.connected(this.#connection)
    return {
      cancel: () => {
        this.#subscriptions.delete(subscription)
        subscription.cancel()
      },
    }
  }

  async #run(): Promise<void> {
    let refusals = 0
    let tries = 0
    while (!this.#isOver()) {
      const outcome = await this.#connectOnce()
      refusals = outcome === 'worked' ? 0 : refusals + Number(outcome === 'refused')
      tries = outcome === 'unreachable' ? tries + 1 : 0
      if (tries === MANY_TRIES) this.#options.onUnreachable?.()
      if (refusals > MORE_NEGOTIATIONS) this.#fail(busError('NEGOTIATION_FAILED'))
      if (this.#isOver()) return
      await this.#pause(outcome === 'refused' ? this.#negotiationPause : this.#backoff(tries))
    }
  }

  #isOver(): boolean {
    return this.#end !== undefined
  }

  get #negotiationPause(): number {
    return this.#options.negotiationPauseMs ?? NEGOTIATION_PAUSE_MS
  }

  /** Doubles with each try, and is spread so that many do not come back at once. */
  #backoff(tries: number): number {
    const { maxPauseMs = MAX_PAUSE_MS, random } = this.#options
    const pauseMs = Math.min(maxPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(tries, 16))
    return pauseMs * (0.5 + random() / 2)
  }

  /** From dialling until the connection is lost. */
  async #connectOnce(): Promise<'worked' | 'refused' | 'unreachable'> {
    const { url, headers = {}, limits, log } = this.#options
    let connection: Connection
    try {
      connection = new Connection({
        ...this.#options,
        ...(await dial(url, headers, limits, this.#over.signal)),
        isDialler: true,
      })
    } catch (error) {
      log.debug({ url, fault: messageOf(error) }, 'cannot connect')
      return 'unreachable'
    }
    this.#current = connection
    if (this.#end) connection.close()
    const lost = new Promise<void>((resolve) => connection.onClose(() => resolve()))
    const isAccepted = await this.#negotiate(connection)
    const isReady = isAccepted && (await this.#prepare(connection))
    if (isReady && connection.isActive) this.#up(connection)
    else connection.close()
    await lost
    this.#connection = undefined
    if (!isAccepted) return 'refused'
    return isReady ? 'worked' : 'unreachable'
  }

  async #negotiate(connection: Connection): Promise<boolean> {
    const { url, log, onNegotiated } = this.#options
    try {
      const response = await connection.negotiate()
      onNegotiated?.(response)
      if (!response.isAccepted) log.warn({ url, comment: response.comment }, 'a connection was refused')
      return response.isAccepted
    } catch (error) {
      log.warn({ url, fault: messageOf(error) }, 'a connection was not answered')
      return false
    }
  }

  async #prepare(connection: Connection): Promise<boolean> {
    try {
      await this.#options.onUp?.(connection)
      return true
    } catch (error) {
      this.#options.log.warn(
        { url: this.#options.url, fault: messageOf(error) },
        'a connection was of no use',
      )
      if (error instanceof BusError && LASTING.has(error.code)) this.#fail(error)
      return false
    }
  }

  #up(connection: Connection): void {
    this.#connection = connection
    for (const settle of [...this.#waiting]) settle(connection)
    for (const subscription of [...this.#subscriptions]) subscription.connected(connection)
  }

  #fail(error: BusError): void {
    this.#end ??= error
    this.#over.abort()
    this.#wake()
    for (const settle of [...this.#waiting]) settle(error)
    for (const subscription of [...this.#subscriptions]) subscription.end(error)
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#options.clock.after(ms, resolve)
      this.#wake = () => {
        stop()
        resolve()
      }
    })
  }
}
