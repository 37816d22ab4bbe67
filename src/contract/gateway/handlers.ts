import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js'
import { RpcError, statusOf } from './rpc-error.js'
import type { Turnstile } from './turnstile.js'

type OnFault = (error: unknown) => void

/** Serves one request with one answer. The signal is aborted once the client is gone or its deadline has passed. */
export function unary<Q, A>(
  answer: (request: Q, signal: AbortSignal) => Promise<A>,
  turnstile: Turnstile,
  onFault: OnFault,
): handleUnaryCall<Q, A> {
  return (call, callback) => {
    const { signal, release } = watch(call)
    turnstile
      .pass(() => answer(call.request, signal))
      .finally(release)
      .then(
        (value) => callback(null, value),
        (error: unknown) => {
          report(error, signal, onFault)
          callback(statusOf(error))
        },
      )
  }
}

/** Serves one request with a stream of answers; the next one is asked for once the client has room for it. */
export function streamed<Q, A>(
  answers: (request: Q, signal: AbortSignal) => AsyncIterable<A>,
  turnstile: Turnstile,
  onFault: OnFault,
): handleServerStreamingCall<Q, A> {
  return (call) => {
    const { signal, release } = watch(call)
    turnstile
      .pass(() => send(call, answers(call.request, signal), signal))
      .finally(release)
      .then(
        () => call.end(),
        (error: unknown) => {
          report(error, signal, onFault)
          if (!signal.aborted) call.emit('error', statusOf(error))
        },
      )
  }
}

async function send<Q, A>(
  call: ServerWritableStream<Q, A>,
  answers: AsyncIterable<A>,
  signal: AbortSignal,
): Promise<void> {
  for await (const answer of answers) {
    if (signal.aborted) return
    if (!call.write(answer)) await drained(call, signal)
  }
}

function drained(call: ServerWritableStream<unknown, unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off('drain', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    call.once('drain', done)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
  })
}

interface Watch {
  readonly signal: AbortSignal
  /** To be called when the answer is there: gRPC tells of the end of every call as if it were cancelled. */
  readonly release: () => void
}

function watch(call: Pick<ServerUnaryCall<unknown, unknown>, 'cancelled' | 'once' | 'off'>): Watch {
  const controller = new AbortController()
  const abort = () => controller.abort()
  if (call.cancelled) abort()
  else call.once('cancelled', abort)
  return { signal: controller.signal, release: () => call.off('cancelled', abort) }
}

/** Whatever fails because the client is gone is nobody's fault. */
function report(error: unknown, signal: AbortSignal, onFault: OnFault): void {
  if (!(error instanceof RpcError) && !signal.aborted) onFault(error)
}
