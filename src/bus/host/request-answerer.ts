import { asBusError, busError } from '../bus-error.js'
import type { Clock } from '../../time/clock.js'
import type { Connection } from '../link/connection.js'
import type { Log } from '../log.js'
import type { Request } from '../wire/message.js'
import { numericValue, type RangeFilter, readRange } from '../wire/subscription-range.js'
import { ActiveSubscription } from './active-subscription.js'
import { checkScope } from './check-scope.js'
import type { BusCaller, Occurrence, OfferedMethod } from './offered-method.js'
import { resultText, sharedResultText } from './result-text.js'
import { type Outcome, runCalls, type Runner } from './run-calls.js'

/** Longest period that a timer can keep, in seconds. */
const MAX_PERIOD_SECONDS = 2_000_000

export interface AnswererOptions extends Runner {
  readonly connection: Connection
  readonly caller: BusCaller
  readonly clock: Clock
  readonly log: Log
}

interface Held {
  readonly methods: readonly string[]
  readonly subscription: ActiveSubscription
}

/** Answers the Requests of one connection and keeps its subscriptions. */
export class RequestAnswerer {
  readonly #options: AnswererOptions
  readonly #running = new Set<string>()
  readonly #subscriptions = new Map<string, Held>()

  constructor(options: AnswererOptions) {
    this.#options = options
  }

  get subscriptionCount(): number {
    return this.#subscriptions.size
  }

  request(request: Request): void {
    const { connection, log } = this.#options
    const { limits } = connection
    if (this.#running.has(request.id)) {
      // Some programs send a request again when they have waited long; the one under way will be answered.
      log.debug({ peer: connection.peerName, request: request.id }, 'a request that is under way came again')
      return
    }
    if (this.#running.size >= limits.maxRunning) {
      this.#fail(request, busError('TOO_MANY_REQUESTS', `${limits.maxRunning} requests are under way`))
      return
    }
    if (request.wantsAck) connection.ack(request.id)
    const isSubscription = request.everyEvents > 0 || request.everySeconds > 0
    if (isSubscription && request.wantsResponse) this.#subscribe(request)
    else void this.#answerOnce(request)
  }

  /** Ends subscriptions by the MessageID of their request, else by the names of their methods. */
  unsubscribe(entries: readonly string[]): void {
    for (const entry of entries) {
      const ids = this.#subscriptions.has(entry)
        ? [entry]
        : [...this.#subscriptions].filter(([, { methods }]) => methods.includes(entry)).map(([id]) => id)
      for (const id of ids) this.#end(id)
    }
  }

  closed(): void {
    for (const id of [...this.#subscriptions.keys()]) this.#end(id)
  }

  #end(id: string): void {
    this.#subscriptions.get(id)?.subscription.stop()
    this.#subscriptions.delete(id)
  }

  async #answerOnce(request: Request): Promise<void> {
    const { caller, clock } = this.#options
    const startMs = clock.now()
    this.#running.add(request.id)
    try {
      if (request.calls.length === 0) throw busError('NO_METHODS')
      this.#respond(request, startMs, await runCalls(this.#options, request.calls, caller, request))
    } catch (error) {
      this.#fail(request, error)
    } finally {
      this.#running.delete(request.id)
    }
  }

  #subscribe(request: Request): void {
    try {
      const [method, passes] = this.#checkSubscription(request)
      this.#end(request.id)
      this.#begin(request, method, passes)
    } catch (error) {
      this.#fail(request, error)
    }
  }

  /** The first method decides what a subscription may ask for. */
  #checkSubscription(request: Request): [OfferedMethod, RangeFilter] {
    const { connection, caller, directory, unauthorized } = this.#options
    const [first] = request.calls
    if (!first) throw busError('NO_METHODS')
    const offered = checkScope(directory.find(first.method), first.method, caller, unauthorized)
    const { minEvent, minPeriod } = offered.info
    refuseBelow('SubscriptionEventCounter', request.everyEvents, minEvent, first.method)
    refuseBelow('SubscriptionPeriod', request.everySeconds, minPeriod, first.method)
    const passes = readRange(request.range)
    if (!passes) throw busError('SUBSCRIPTION_REFUSED', 'SubscriptionRange is no interval such as [1000, )')
    if (
      this.#subscriptions.size >= connection.limits.maxSubscriptions &&
      !this.#subscriptions.has(request.id)
    )
      throw busError('TOO_MANY_REQUESTS', `${connection.limits.maxSubscriptions} subscriptions are held`)
    return [offered, passes]
  }

  #begin(request: Request, method: OfferedMethod, passes: RangeFilter): void {
    const { connection, caller, clock } = this.#options
    const { limits } = connection
    let isFirst = true
    const subscription = new ActiveSubscription({
      everySeconds: request.everySeconds,
      maxQueued: limits.maxQueuedFirings,
      clock,
      answer: async (occurrence) => {
        const wasFirst = isFirst
        isFirst = false
        const isSuccess = await this.#fire(request, occurrence, wasFirst ? undefined : passes)
        if (!isSuccess && wasFirst) this.#subscriptions.delete(request.id)
        return isSuccess || !wasFirst
      },
      isBusy: () => connection.bufferedBytes > limits.maxBufferedBytes / 4,
      onOverflow: () => {
        this.#end(request.id)
        this.#fail(request, busError('TOO_MANY_REQUESTS', 'events come faster than their answers'))
      },
    })
    const methods = request.calls.map(({ method }) => method)
    this.#subscriptions.set(request.id, { methods, subscription })
    const watching =
      request.everyEvents === 0
        ? undefined
        : method.watch?.({
            params: request.calls[0]?.params ?? {},
            caller,
            everyEvents: request.everyEvents,
            lastEvent: request.lastEvent,
            onOccurrence: (occurrence) => subscription.occurred(occurrence),
          })
    subscription.begin(watching?.start ?? [{}], () => watching?.stop())
  }

  /** One answer to a subscription; whether it told of success. */
  async #fire(request: Request, occurrence: Occurrence, passes: RangeFilter | undefined): Promise<boolean> {
    const { caller, clock } = this.#options
    const startMs = clock.now()
    const outcome = await runCalls(this.#options, request.calls, caller, {
      maxObjects: request.maxObjects,
      firstAnswer: occurrence.answer,
      text: sharedResultText,
    })
    const isHeld = this.#subscriptions.has(request.id)
    const number = passes && !outcome.error ? numericValue(outcome.first) : undefined
    if (isHeld && (number === undefined || passes?.(number))) {
      this.#respond(request, startMs, outcome, occurrence)
    }
    return !outcome.error
  }

  #respond(request: Request, startMs: number, outcome: Outcome, occurrence?: Occurrence): void {
    const { connection, clock } = this.#options
    const { error, results } = outcome
    if (!request.wantsResponse) return
    connection.respond({
      requestId: request.id,
      status: error?.status ?? 0,
      comment: error?.message ?? '',
      errorCode: error?.code ?? '',
      processingMs: clock.now() - startMs,
      maxObjects: request.maxObjects,
      results,
      ...(request.lastEvent === undefined || !occurrence
        ? {}
        : { event: occurrence.event, missedEvents: occurrence.missedEvents ?? false }),
    })
  }

  #fail(request: Request, thrown: unknown): void {
    const { log, clock, onInternalError } = this.#options
    const error = asBusError(thrown, onInternalError)
    const [first] = request.calls
    log.debug({ request: request.id, fault: error.message }, 'refused a request')
    const results: Outcome['results'] =
      first && error.result !== undefined ? [[first.method, resultText(error.result, 0)]] : []
    this.#respond(request, clock.now(), { results, first: undefined, error })
  }
}

/** Never more often than the method allows; 0 asks for nothing and is always allowed. */
function refuseBelow(field: string, value: number, min: number, method: string): void {
  if (value === 0 || (min > 0 && value >= min && value <= MAX_PERIOD_SECONDS)) return
  const why = min === 0 ? 'it offers none' : `at least ${min}`
  throw busError(
    'SUBSCRIPTION_REFUSED',
    `${field} parameter: '${value}' not valid for method '${method}': ${why}`,
  )
}
