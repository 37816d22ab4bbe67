import type { BusError } from '../bus-error.js'
import { busError } from '../bus-error.js'
import { JsonText } from '../wire/json-text.js'
import type { MethodCall } from '../wire/message.js'
import { callData, requestData, type RequestFields, unsubscribeData } from '../wire/write-message.js'
import type { Connection } from './connection.js'
import type { Update } from './pending-messages.js'
import type { Results } from './result-collector.js'

export interface CallOptions {
  /** Given up after this time. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Most objects per result; the rest is cut off. */
  readonly maxObjects?: number
}

/**
 * Runs methods at the other side, in their order, and gives all results.
 * @throws {BusError} what went wrong with any of them, TIMEOUT, ABORTED or DISCONNECTED
 */
export function request(
  connection: Connection,
  calls: readonly MethodCall[],
  options: CallOptions = {},
): Promise<Results> {
  return new Promise((resolve, reject) => {
    open(connection, { calls }, options, { resolve, reject })
  })
}

/** Runs one method and gives its result. */
export async function callMethod(
  connection: Connection,
  method: string,
  params: MethodCall['params'],
  options: CallOptions = {},
): Promise<unknown> {
  const results = await request(connection, [{ method, params }], options)
  return results[method]
}

/**
 * Runs one method with parameters that are JSON text already, and gives the result as JsonText where it comes in a form
 * that allows it.
 */
export function passCall(connection: Connection, method: string, paramsText: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const id = connection.nextId()
    const timeoutMs = connection.limits.requestTimeoutMs
    connection.pending.add(id, {
      methods: [method],
      timeoutMs,
      resolveText: (text) => resolve(new JsonText(text)),
      resolve: (results) => resolve(results[method]),
      reject,
    })
    if (!connection.post('Request', callData(method, paramsText, timeoutMs), id))
      connection.pending.fail(id, busError('DISCONNECTED'))
  })
}

export interface SubscribeOptions extends CallOptions {
  /** An answer after every so many events. */
  readonly everyEvents?: number
  /** An answer after every so many seconds. */
  readonly everySeconds?: number
  /** Only answers whose number lies in this interval, such as `[1000, )`. */
  readonly range?: string
  /** The event of the last update seen. Towards peers that do not name events it has no effect. */
  readonly lastEvent?: string
}

export interface SubscriptionListener {
  /** Also the first answer. */
  readonly onUpdate: (update: Update) => void
  /** An answer after the first was a failure, or the connection was lost. */
  readonly onFailure: (error: BusError) => void
}

export interface Subscription {
  /** Settles with the first answer. @throws {BusError} when it is a failure: then there is no subscription */
  readonly first: Promise<Results>
  /** No more updates; tells the other side. */
  cancel(): void
}

/** Calls methods again and again, at the other side's events or by its clock. */
export function subscribe(
  connection: Connection,
  calls: readonly MethodCall[],
  options: SubscribeOptions,
  listener: SubscriptionListener,
): Subscription {
  const { everyEvents = 0, everySeconds = 0, range = '' } = options
  const lastEvent = connection.peerNamesEvents ? (options.lastEvent ?? '') : undefined
  let id = ''
  const first = new Promise<Results>((resolve, reject) => {
    const fields = { calls, everyEvents, everySeconds, range, lastEvent }
    id = open(connection, fields, options, { resolve, reject, ...listener })
  })
  return {
    first,
    cancel() {
      if (!connection.pending.has(id)) return
      connection.pending.fail(id, busError('ABORTED'))
      connection.post('Unsubscribe', unsubscribeData([id]))
    },
  }
}

interface Handlers extends Partial<SubscriptionListener> {
  readonly resolve: (results: Results) => void
  readonly reject: (error: BusError) => void
}

/** Sends a Request and notes who waits for its answers. */
function open(
  connection: Connection,
  fields: RequestFields,
  options: CallOptions,
  handlers: Handlers,
): string {
  const id = connection.nextId()
  const { timeoutMs = connection.limits.requestTimeoutMs, signal, maxObjects = 0 } = options
  if (signal?.aborted) {
    handlers.reject(busError('ABORTED'))
    return id
  }
  const methods = fields.calls.map(({ method }) => method)
  const { resolve, reject } = signal ? watchSignal(connection, id, handlers, signal) : handlers
  connection.pending.add(id, { ...handlers, methods, timeoutMs, resolve, reject })
  const isSubscription = handlers.onUpdate !== undefined
  const data = requestData({ ...fields, maxObjects, timeoutMs: isSubscription ? 0 : timeoutMs })
  if (!connection.post('Request', data, id)) connection.pending.fail(id, busError('DISCONNECTED'))
  return id
}

/** Gives up at the signal; lets go of the signal when it is over. */
function watchSignal(
  connection: Connection,
  id: string,
  { resolve, reject, onUpdate }: Handlers,
  signal: AbortSignal,
): Pick<Handlers, 'resolve' | 'reject'> {
  if (onUpdate) return { resolve, reject }
  const abort = (): void => connection.pending.fail(id, busError('ABORTED'))
  signal.addEventListener('abort', abort, { once: true })
  return {
    resolve: (results) => {
      signal.removeEventListener('abort', abort)
      resolve(results)
    },
    reject: (error) => {
      signal.removeEventListener('abort', abort)
      reject(error)
    },
  }
}
