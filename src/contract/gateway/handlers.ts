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
    const signal = signalOf(call)
    turnstile
      .pass(() => answer(call.request, signal))
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
    const signal = signalOf(call)
    turnstile
      .pass(() => send(call, answers(call.request, signal), signal))
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

function signalOf(call: Pick<ServerUnaryCall<unknown, unknown>, 'cancelled' | 'once'>): AbortSignal {
  const controller = new AbortController()
  if (call.cancelled) controller.abort()
  else call.once('cancelled', () => controller.abort())
  return controller.signal
}

/** Whatever fails because the client is gone is nobody's fault. */
function report(error: unknown, signal: AbortSignal, onFault: OnFault): void {
  if (!(error instanceof RpcError) && !signal.aborted) onFault(error)
}
