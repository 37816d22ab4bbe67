import { P2pError, ProtocolError, RequestTimeoutError, UsageError } from '../errors.js'
import { type Hash, sha256d } from '../hash.js'
import type { ConnectResult } from './connect-result.js'
import { StoreError } from './files/store-error.js'
import { HEADER_BYTES } from './header.js'
import type { HeadersAnswer, HeadersPeer, HeadersSource } from './headers-source.js'
import type { HeadersStore } from './headers-store.js'
import { MAX_HEADERS } from './headers-payload.js'

/** Full messages in a row that may hold nothing new, as when a peer follows a branch that is known. */
const MAX_IDLE_MESSAGES = 50

export interface AskOptions {
  /** Called after every message that was taken. */
  readonly onProgress?: (result: ConnectResult) => void
  readonly signal?: AbortSignal
  /** How long a peer may take for one message, 30,000 by default. */
  readonly requestTimeoutMs?: number
}

/** How it went with a peer. */
export interface Asked {
  /** The peer has given all it has. */
  readonly isDone: boolean
  /** New headers. */
  readonly added: number
}

/**
 * Fetches headers from one peer until it has no more. While a message is checked the next one is under way. Whatever the
 * peer does wrong is reported, and ends it.
 * @throws what the signal was aborted with; {@link StoreError} or {@link UsageError} where the store takes nothing more
 */
export async function askPeer(
  source: HeadersSource,
  store: HeadersStore,
  peer: HeadersPeer,
  options: AskOptions,
): Promise<Asked> {
  const tally = { added: 0 }
  try {
    await fetchAll(store, peer, options, tally)
    return { isDone: true, added: tally.added }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isOfPeer(error)) throw error
    if (error instanceof ProtocolError || error instanceof RequestTimeoutError) source.report(peer, error)
    return { isDone: false, added: tally.added }
  }
}

/** Everything else is the matter of whoever syncs: a disk that fails, a store that is closed, a mistake. */
function isOfPeer(error: unknown): error is P2pError {
  return error instanceof P2pError && !(error instanceof StoreError) && !(error instanceof UsageError)
}

async function fetchAll(
  store: HeadersStore,
  peer: HeadersPeer,
  options: AskOptions,
  tally: { added: number },
): Promise<void> {
  // A peer that has nothing new still answers from the tip's parent on, and so shows that it lives.
  let request = new Request(peer, store.locator(store.height - 1), options)
  for (let idle = 0; idle < MAX_IDLE_MESSAGES;) {
    const answer = await request.answer
    const next = nextRequest(store, peer, answer, options)
    try {
      const result = await store.connectPayload(answer.raw)
      tally.added += result.added
      idle = result.added === 0 ? idle + 1 : 0
      if (result.refused !== undefined) throw result.refused.toProtocolError() ?? result.refused
      options.onProgress?.(result)
    } catch (error) {
      next?.abandon()
      throw error
    }
    if (next === undefined) return
    request = next
  }
  request.abandon()
}

/** A message that is not full was the last one. */
function nextRequest(
  store: HeadersStore,
  peer: HeadersPeer,
  { raw, count }: HeadersAnswer,
  options: AskOptions,
): Request | undefined {
  if (count < MAX_HEADERS) return undefined
  const last = sha256d(raw.subarray(-HEADER_BYTES - 1, -1))
  return new Request(peer, [last, ...store.locator()], options)
}

/** A question to a peer that has so long to answer. */
class Request {
  readonly answer: Promise<HeadersAnswer>
  readonly #abort = new AbortController()

  constructor(
    peer: HeadersPeer,
    locator: readonly Hash[],
    { signal, requestTimeoutMs = 30_000 }: AskOptions,
  ) {
    const onAbort = () => {
      this.#abort.abort(signal?.reason)
    }
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const timer = setTimeout(() => {
      this.#abort.abort(
        new RequestTimeoutError(`peer ${peer.id} sent no headers within ${requestTimeoutMs} ms`),
      )
    }, requestTimeoutMs)
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    // In an async function, so that even what the peer throws at once is a rejection.
    const work = (async () => peer.getHeaders({ locator, signal: this.#abort.signal }))()
    this.answer = race(this.#abort.signal, work, settle)
    // Nobody waits for a question that was given up.
    this.answer.catch(() => undefined)
  }

  abandon(): void {
    this.#abort.abort(new P2pError('abandoned', 'the answer is not needed any more'))
  }
}

/** The outcome of the work, or the reason of the signal when that comes first, also where the work does not care. */
function race<T>(signal: AbortSignal, work: Promise<T>, settle: () => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(settle)
    signal.addEventListener('abort', settle, { once: true })
  })
}
